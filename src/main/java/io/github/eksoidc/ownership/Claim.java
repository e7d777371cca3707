package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.LogicalResource;

/**
 * That one resource of one stack uses a provider. Two requests have the same claim if, and only if,
 * they are for the same resource of the same stack.
 *
 * @param id the resource's {@link LogicalResource#hash hash}
 * @param owner {@code <stack name>/<logical id>}, for people
 */
public record Claim(String id, String owner) {

  private static final int MAX_TAG_VALUE_LENGTH = 256;

  public Claim {
    requireNonNull(id, "id is null");
    requireNonNull(owner, "owner is null");
  }

  /** The claim of a resource. */
  public static Claim of(LogicalResource resource) {
    String owner = ProviderTags.storable(resource.stackName() + "/" + resource.logicalId());
    return new Claim(
        resource.hash(), owner.substring(0, Math.min(owner.length(), MAX_TAG_VALUE_LENGTH)));
  }
}
