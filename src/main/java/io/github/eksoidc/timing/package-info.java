/**
 * Pauses and durations. This package knows nothing of requests, and nobody sleeps in it. It uses
 * the JDK only.
 */
package io.github.eksoidc.timing;
