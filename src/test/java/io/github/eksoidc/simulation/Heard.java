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
record Heard(Object value, Optional<String> failure, Instant at) {

  static Heard value(Object value, Instant at) {
    return new Heard(value, Optional.empty(), at);
  }

  static Heard failure(String reason, Instant at) {
    return new Heard("", Optional.of(reason), at);
  }
}
