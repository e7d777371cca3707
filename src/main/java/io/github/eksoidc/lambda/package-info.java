/** The Lambda handler and its SnapStart hooks. */
package io.github.eksoidc.lambda;
