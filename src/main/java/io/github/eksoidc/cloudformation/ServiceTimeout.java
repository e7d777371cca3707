package io.github.eksoidc.cloudformation;

import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How long CloudFormation waits for a response, which it takes from the property {@code
 * ServiceTimeout} of each custom resource.
 */
final class ServiceTimeout {

  private static final String NAME = "ServiceTimeout";
  private static final int MAX_SECONDS = 3600;

  private ServiceTimeout() {}

  /** Reads the property; empty if there is none, or it is not valid. */
  static Optional<Duration> of(Map<String, Object> properties) {
    return Optional.ofNullable(properties.get(NAME))
        .map(ServiceTimeout::text)
        .filter(text -> text.matches("[0-9]{1,4}"))
        .map(Integer::parseInt)
        .filter(seconds -> seconds >= 1 && seconds <= MAX_SECONDS)
        .map(Duration::ofSeconds);
  }

  /**
   * Checks the property.
   *
   * @throws RequestFailedException if it is not a whole number from 1 to 3600
   */
  static void check(Map<String, Object> properties) {
    Object value = properties.get(NAME);
    if (value != null && of(properties).isEmpty()) {
      throw ResourceProperties.badValue(
          NAME, text(value), "a whole number of seconds from 1 to " + MAX_SECONDS);
    }
  }

  private static String text(Object value) {
    return value instanceof String || value instanceof Number
        ? String.valueOf(value)
        : "not a number";
  }
}
