package io.github.eksoidc.lambda;

import io.github.eksoidc.resource.Properties;
import io.github.eksoidc.resource.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How long one invocation may work, and when its answer must be out.
 *
 * @param workUntil on {@link System#nanoTime()}'s clock
 * @param answerUntil likewise
 */
record Budget(long workUntil, long answerUntil) {

  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);
  private static final Duration SPARE = Duration.ofMillis(500);
  private static final int LONGEST_SERVICE_TIMEOUT = 3600;

  /**
   * @param lambda how long Lambda lets the invocation run
   * @param service how long CloudFormation waits for the answer
   */
  static Budget of(Duration lambda, Optional<Duration> service) {
    Duration all = service.filter(s -> s.compareTo(lambda) < 0).orElse(lambda);
    Duration spare = least(SPARE, all.dividedBy(10));
    Duration forAnswer = least(LONGEST_ANSWER, all.dividedBy(4));
    long now = System.nanoTime();
    return new Budget(
        now + all.minus(spare).minus(forAnswer).toNanos(), now + all.minus(spare).toNanos());
  }

  /**
   * What a template says of {@code ServiceTimeout}, in seconds.
   *
   * @throws Refusal if it is no whole number from 1 to 3600
   */
  static Optional<Duration> serviceTimeout(Map<String, Object> properties) {
    Object value = properties == null ? null : properties.get("ServiceTimeout");
    if (value == null) {
      return Optional.empty();
    }
    if ((value instanceof String || value instanceof Long)
        && String.valueOf(value).matches("[0-9]{1,4}")) {
      int seconds = Integer.parseInt(String.valueOf(value));
      if (seconds >= 1 && seconds <= LONGEST_SERVICE_TIMEOUT) {
        return Optional.of(Duration.ofSeconds(seconds));
      }
    }
    throw Properties.badValue(
        "ServiceTimeout",
        value instanceof String || value instanceof Number ? String.valueOf(value) : "no number",
        "a whole number of seconds from 1 to " + LONGEST_SERVICE_TIMEOUT);
  }

  Duration workRemaining() {
    return Duration.ofNanos(workUntil - System.nanoTime());
  }

  Duration answerRemaining() {
    return Duration.ofNanos(answerUntil - System.nanoTime());
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
