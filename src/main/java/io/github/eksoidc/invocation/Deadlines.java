package io.github.eksoidc.invocation;

import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceProperties;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How long one invocation may work, and when its answer must be out.
 *
 * @param workDeadline on {@link System#nanoTime()}'s clock
 * @param responseDeadline likewise
 */
public record Deadlines(long workDeadline, long responseDeadline) {

  private static final Duration MAX_RESPONSE_TIME = Duration.ofSeconds(10);
  private static final Duration SPARE = Duration.ofMillis(500);
  private static final int MAX_SERVICE_TIMEOUT = 3600;

  /**
   * @param lambda how long Lambda lets the invocation run
   * @param service how long CloudFormation waits for the answer
   */
  static Deadlines of(Duration lambda, Optional<Duration> service) {
    Duration all = service.filter(s -> s.compareTo(lambda) < 0).orElse(lambda);
    Duration spare = least(SPARE, all.dividedBy(10));
    Duration forResponse = least(MAX_RESPONSE_TIME, all.dividedBy(4));
    long now = System.nanoTime();
    return new Deadlines(
        now + all.minus(spare).minus(forResponse).toNanos(), now + all.minus(spare).toNanos());
  }

  /**
   * What a template says of {@code ServiceTimeout}, in seconds.
   *
   * @throws RequestFailedException if it is no whole number from 1 to 3600
   */
  static Optional<Duration> serviceTimeout(Map<String, Object> properties) {
    Object value = properties == null ? null : properties.get("ServiceTimeout");
    if (value == null) {
      return Optional.empty();
    }
    if ((value instanceof String || value instanceof Long)
        && String.valueOf(value).matches("[0-9]{1,4}")) {
      int seconds = Integer.parseInt(String.valueOf(value));
      if (seconds >= 1 && seconds <= MAX_SERVICE_TIMEOUT) {
        return Optional.of(Duration.ofSeconds(seconds));
      }
    }
    throw ResourceProperties.badValue(
        "ServiceTimeout",
        value instanceof String || value instanceof Number ? String.valueOf(value) : "no number",
        "a whole number of seconds from 1 to " + MAX_SERVICE_TIMEOUT);
  }

  Duration workRemaining() {
    return Duration.ofNanos(workDeadline - System.nanoTime());
  }

  Duration responseRemaining() {
    return Duration.ofNanos(responseDeadline - System.nanoTime());
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
