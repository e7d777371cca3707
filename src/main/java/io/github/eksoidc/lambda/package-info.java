/** What Lambda calls, and how one invocation runs. */
package io.github.eksoidc.lambda;
