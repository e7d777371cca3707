package io.github.eksoidc.simulation;

import java.time.Instant;
import java.util.Optional;

/**
 * What a request heard of one step.
 *
 * @param value what the call returned
 * @param failure with which it failed instead
 * @param at when
 */
record CallResult(Object value, Optional<String> failure, Instant at) {

  static CallResult value(Object value, Instant at) {
    return new CallResult(value, Optional.empty(), at);
  }

  static CallResult failure(String reason, Instant at) {
    return new CallResult("", Optional.of(reason), at);
  }
}
