package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Exponential backoff for one series of attempts: each pause is 1.5 times the last one, up to a
 * maximum.
 *
 * <p>Without jitter, because the sum of the pauses decides how long a read may lag behind a write.
 * The SDK's {@code BackoffStrategy} is not used, because the core and the package of
 * CloudFormation's protocol do not depend on the SDK.
 */
public final class Backoff {

  private final Consumer<Duration> sleep;
  private final Duration max;
  private Duration next;

  /** Creates a backoff that sleeps in a request's context. */
  public Backoff(RequestContext context, Duration first, Duration max) {
    this(context::sleep, first, max);
  }

  /**
   * Creates a backoff.
   *
   * @param sleep sleeps, or throws {@link DeadlineExceededException}
   */
  public Backoff(Consumer<Duration> sleep, Duration first, Duration max) {
    this.sleep = requireNonNull(sleep, "sleep is null");
    this.next = requireNonNull(first, "first is null");
    this.max = requireNonNull(max, "max is null");
  }

  /**
   * Sleeps for the next pause.
   *
   * @throws DeadlineExceededException if the deadline is nearer than that
   */
  public void pause() {
    sleep.accept(next());
  }

  /** Returns the next pause without sleeping. */
  public Duration next() {
    Duration pause = next;
    Duration grown = pause.plus(pause.dividedBy(2));
    next = Durations.shorter(grown, max);
    return pause;
  }
}
