package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One resource of one stack, as a user of providers. Two requests have the same claimant if, and
 * only if, they are for the same resource of the same stack.
 *
 * @param id the resource's {@link LogicalResource#hash hash}
 * @param owner {@code <stack name>/<logical id>}, for people
 * @param stack the stack's ARN; empty if it is not known or the StackId is not a stack's ARN
 */
public record Claimant(String id, String owner, Optional<Arn> stack) {

  private static final Pattern KEY =
      Pattern.compile(Pattern.quote(OwnershipTags.CLAIM) + "([0-9a-f]{32})/[A-Za-z0-9_-]{1,64}");

  public Claimant {
    requireNonNull(id, "id is null");
    requireNonNull(owner, "owner is null");
    requireNonNull(stack, "stack is null");
  }

  /** A claimant as a tag shows it, which does not name the stack's ARN. */
  public Claimant(String id, String owner) {
    this(id, owner, Optional.empty());
  }

  /** A resource as a claimant. */
  public static Claimant of(LogicalResource resource) {
    return new Claimant(
        resource.hash(),
        ProviderTags.storable(resource.stackName() + "/" + resource.logicalId())
            .replaceAll("\\p{Z}", "_"),
        Arn.parse(resource.stackId()).filter(Claimant::isStack));
  }

  /** What the keys of its claims begin with. */
  public String key() {
    return OwnershipTags.CLAIM + id;
  }

  /** The key of the claim that one request writes. */
  public String key(String requestId) {
    return key() + "/" + requestId;
  }

  /** Whether a key is one that a request for the resource writes. */
  boolean isKey(String key) {
    return idOf(key).filter(id::equals).isPresent();
  }

  /** The id of the claimant that a key names; empty if it is not exactly the key of a claim. */
  static Optional<String> idOf(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static boolean isStack(Arn arn) {
    return arn.service().equals("cloudformation")
        && arn.resource().startsWith("stack/")
        && !arn.account().isEmpty()
        && Partition.ofRegion(arn.region()).isPresent();
  }

  /**
   * The claim that a request writes.
   *
   * @param account of the provider
   */
  Claim claim(Origin origin, SentRequest by, Instant at, Optional<String> cluster, String account) {
    return new Claim(
        owner, origin, by.id(), by.sentAt(), at, cluster, stackLocation(cluster, account));
  }

  /**
   * Whether a request for the resource can have written a claim: it names the resource and the
   * place of its stack.
   *
   * @param account of the provider
   */
  boolean canHaveWritten(Claim claim, String account) {
    var by = new SentRequest(claim.requestId(), claim.sentAt());
    return claim(claim.origin(), by, claim.writtenAt(), claim.cluster(), account)
        .value()
        .equals(claim.value());
  }

  /** Where the stack is, unless it is in the cluster's Region and in the provider's account. */
  private Optional<String> stackLocation(Optional<String> cluster, String account) {
    if (stack.isEmpty()) {
      return Optional.of(Claim.NO_STACK);
    }
    String region = stack.get().region();
    if (!stack.get().account().equals(account)) {
      return Optional.of(region + ":" + stack.get().account());
    }
    return Optional.of(region).filter(r -> cluster.filter(c -> c.startsWith(r + "/")).isEmpty());
  }
}
