package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Instant;
import java.util.Optional;

/**
 * One resource of one stack, as a user of a provider. Two requests have the same claim if, and only
 * if, they are for the same resource of the same stack.
 *
 * @param id the resource's {@link LogicalResource#hash hash}
 * @param owner {@code <stack name>/<logical id>}, for people
 * @param stack the stack's ARN; empty if it is not known, or if the StackId is no stack's ARN
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
        Arn.parse(resource.stackId()).filter(Claim::isStack));
  }

  private static boolean isStack(Arn arn) {
    return arn.service().equals("cloudformation")
        && arn.resource().startsWith("stack/")
        && !arn.region().isEmpty()
        && !arn.account().isEmpty();
  }

  /** What the keys of its tags begin with. */
  public String key() {
    return OwnershipTags.CLAIM + id;
  }

  /** The key of the tag that one request writes. */
  String key(String requestId) {
    return key() + "/" + requestId;
  }

  /** Whether a tag records it. */
  boolean isKey(String key) {
    return key.startsWith(OwnershipTags.CLAIM) && idOf(key).equals(id);
  }

  /** The id of the claim that a tag records. */
  static String idOf(String key) {
    return key.substring(OwnershipTags.CLAIM.length()).split("/", 2)[0];
  }

  /**
   * What a request writes as its value.
   *
   * @param account of the provider
   */
  ClaimRecord record(
      Origin origin, String requestId, Instant at, Optional<String> cluster, String account) {
    return new ClaimRecord(owner, origin, requestId, at, cluster, stackLocation(cluster, account));
  }

  /** Where the stack is, unless it is in the cluster's Region and in the provider's account. */
  private Optional<String> stackLocation(Optional<String> cluster, String account) {
    if (stack.isEmpty()) {
      return Optional.of(ClaimRecord.NO_STACK);
    }
    return stack.flatMap(
        s ->
            !s.account().equals(account)
                ? Optional.of(s.region() + ":" + s.account())
                : Optional.of(s.region())
                    .filter(region -> cluster.filter(c -> c.startsWith(region + "/")).isEmpty()));
  }
}
