package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What a request that succeeded answers with.
 *
 * @param physicalId what {@code Ref} returns
 * @param attributes what {@code Fn::GetAtt} returns, by name; empty after a Delete
 */
public record ResourceResult(String physicalId, SequencedMap<String, String> attributes) {

  public ResourceResult {
    requireNonNull(physicalId, "physicalId is null");
    attributes = new LinkedHashMap<>(attributes);
  }

  /** A result without attributes. */
  public static ResourceResult of(String physicalId) {
    return new ResourceResult(physicalId, new LinkedHashMap<>(Map.of()));
  }
}
