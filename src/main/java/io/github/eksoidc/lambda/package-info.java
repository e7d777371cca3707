/**
 * What Lambda calls: the handler and its SnapStart hooks. It creates the clients and hands each
 * event to {@code invocation}.
 */
package io.github.eksoidc.lambda;
