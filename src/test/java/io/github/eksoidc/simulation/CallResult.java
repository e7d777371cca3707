package io.github.eksoidc.simulation;

import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.TagLimitExceededException;
import java.time.Instant;
import java.util.Optional;

/**
 * The outcome of one step, as the request receives it.
 *
 * @param value the value that the call returned
 * @param failure the failure that the call ended with instead
 * @param at when the request received it
 */
record CallResult(Object value, Optional<Failure> failure, Instant at) {

  /**
   * A call that failed for good.
   *
   * @param changedNothing whether AWS rejected the only attempt
   */
  record Failure(String reason, boolean denied, boolean changedNothing, boolean tagLimit) {

    AwsCallException exception() {
      var exception = new AwsCallException(reason, null, denied, changedNothing);
      return tagLimit ? new TagLimitExceededException(reason, exception) : exception;
    }
  }

  static CallResult value(Object value, Instant at) {
    return new CallResult(value, Optional.empty(), at);
  }

  static CallResult failure(Failure failure, Instant at) {
    return new CallResult("", Optional.of(failure), at);
  }

  /** A policy denied the only attempt. */
  static CallResult denied(Instant at) {
    return failure(new Failure("AccessDenied", true, true, false), at);
  }

  /** There was no response, after all retries. */
  static CallResult noResponse(Instant at) {
    return failure(new Failure("no response", false, false, false), at);
  }
}
