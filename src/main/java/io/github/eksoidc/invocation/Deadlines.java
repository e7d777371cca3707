package io.github.eksoidc.invocation;

import io.github.eksoidc.timing.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * The deadlines of one invocation, on the clock of {@link System#nanoTime()}.
 *
 * @param requestDeadline when the request must end
 * @param responseDeadline when the response must have been sent
 */
public record Deadlines(long requestDeadline, long responseDeadline) {

  private static final Duration MAX_RESPONSE_TIME = Duration.ofSeconds(10);
  private static final Duration MAX_MARGIN = Duration.ofMillis(500);

  /**
   * Divides the available time.
   *
   * @param functionTimeout the time until Lambda ends the invocation
   * @param serviceTimeout the time that CloudFormation waits for the response
   */
  static Deadlines of(Duration functionTimeout, Optional<Duration> serviceTimeout) {
    Duration available =
        serviceTimeout.filter(s -> s.compareTo(functionTimeout) < 0).orElse(functionTimeout);
    Duration margin = Durations.shorter(MAX_MARGIN, available.dividedBy(10));
    Duration responseTime = Durations.shorter(MAX_RESPONSE_TIME, available.dividedBy(4));
    long end = System.nanoTime() + available.minus(margin).toNanos();
    return new Deadlines(end - responseTime.toNanos(), end);
  }

  /** Returns the time until the request must end. */
  Duration requestRemaining() {
    return Duration.ofNanos(requestDeadline - System.nanoTime());
  }

  /** Returns the time until the response must have been sent. */
  Duration responseRemaining() {
    return Duration.ofNanos(responseDeadline - System.nanoTime());
  }
}
