/**
 * Priming: runs requests against a stub in the same process, so that their code is loaded before
 * the first event.
 */
package io.github.eksoidc.priming;
