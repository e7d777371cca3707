package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The result of a successful request.
 *
 * @param physicalId the value of {@code Ref}
 * @param attributes the values of {@code Fn::GetAtt}, by name; empty after a Delete
 */
public record ResourceResult(String physicalId, SequencedMap<String, String> attributes) {

  public ResourceResult {
    requireNonNull(physicalId, "physicalId is null");
    attributes = new LinkedHashMap<>(attributes);
  }

  /** Creates a result without attributes. */
  public static ResourceResult of(String physicalId) {
    return new ResourceResult(physicalId, new LinkedHashMap<>(Map.of()));
  }
}
