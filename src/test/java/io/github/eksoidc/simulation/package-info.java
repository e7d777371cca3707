/**
 * An account in which time and the order of calls belong to the test. The real lifecycle runs on
 * it; a request is stopped before every call and again before its answer arrives, and the test says
 * who goes on.
 */
package io.github.eksoidc.simulation;
