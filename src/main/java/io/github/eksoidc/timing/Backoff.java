package io.github.eksoidc.timing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Exponential backoff for one series of attempts: each pause is 1.5 times the last one, up to a
 * maximum.
 *
 * <p>The SDK's {@code BackoffStrategy} is not used, because the core and the package of
 * CloudFormation's protocol do not depend on the SDK.
 */
public final class Backoff {

  private final Duration max;
  private Duration next;

  /**
   * Creates a backoff.
   *
   * @param first the first pause
   * @param max the longest pause
   */
  public Backoff(Duration first, Duration max) {
    this.next = requireNonNull(first, "first is null");
    this.max = requireNonNull(max, "max is null");
  }

  /** Returns the next pause. */
  public Duration next() {
    Duration pause = next;
    next = Durations.shorter(pause.plus(pause.dividedBy(2)), max);
    return pause;
  }
}
