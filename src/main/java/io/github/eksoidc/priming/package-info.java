/**
 * Priming: runs requests against a stub in the same process, so that their code is loaded before
 * the first event. It uses the function as Lambda does, by {@code invocation}, and connects to
 * loopback only.
 */
package io.github.eksoidc.priming;
