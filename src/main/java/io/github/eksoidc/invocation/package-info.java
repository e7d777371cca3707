/**
 * Handles one invocation: runs its request before the deadline, sends the response, and logs the
 * result.
 */
package io.github.eksoidc.invocation;
