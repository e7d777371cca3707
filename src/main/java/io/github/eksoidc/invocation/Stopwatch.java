package io.github.eksoidc.invocation;

import io.github.eksoidc.aws.ThrottledAttempts;
import java.time.Duration;

/**
 * Measures an invocation from its begin.
 *
 * @param startNanos on the clock of {@link System#nanoTime()}
 * @param throttledBefore how many attempts AWS had throttled at the begin
 */
record Stopwatch(long startNanos, long throttledBefore) {

  static Stopwatch start() {
    return new Stopwatch(System.nanoTime(), ThrottledAttempts.count());
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Returns how many attempts of AWS calls AWS has throttled since the begin. */
  long throttledAttempts() {
    return ThrottledAttempts.count() - throttledBefore;
  }
}
