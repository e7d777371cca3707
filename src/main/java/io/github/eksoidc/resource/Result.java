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
public record Result(String physicalId, SequencedMap<String, String> attributes) {

  public Result {
    requireNonNull(physicalId, "physicalId is null");
    attributes = new LinkedHashMap<>(attributes);
  }

  /** A result without attributes. */
  public static Result of(String physicalId) {
    return new Result(physicalId, new LinkedHashMap<>(Map.of()));
  }
}
