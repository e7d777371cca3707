package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.LogicalResource;
import java.util.Optional;

/**
 * One resource of one stack, as a user of a provider. Two requests have the same claim if, and only
 * if, they are for the same resource of the same stack.
 *
 * @param id the resource's {@link LogicalResource#hash hash}
 * @param owner {@code <stack name>/<logical id>}, for people
 * @param stack the stack's ARN; empty if it is not known
 */
public record Claim(String id, String owner, Optional<Arn> stack) {

  public Claim {
    requireNonNull(id, "id is null");
    requireNonNull(owner, "owner is null");
    requireNonNull(stack, "stack is null");
  }

  /** A claim as a tag shows it, which does not name the stack's ARN. */
  public Claim(String id, String owner) {
    this(id, owner, Optional.empty());
  }

  /** The claim of a resource. */
  public static Claim of(LogicalResource resource) {
    return new Claim(
        resource.hash(),
        ProviderTags.storable(resource.stackName() + "/" + resource.logicalId()).replace(' ', '_'),
        Arn.parse(resource.stackId()));
  }

  /** The key of the tag that records it. */
  public String key() {
    return OwnershipTags.CLAIM + id;
  }
}
