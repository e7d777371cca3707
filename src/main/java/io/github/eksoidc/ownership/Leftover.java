package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestContext;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What is to be released of a resource at a provider.
 *
 * @param claims which of its claims
 * @param isUndo whether what the same requests have taken over is given back: the provider is then
 *     not managed any more, instead of being deleted
 * @param isOfFirstRequest whether every other claim of the resource is later
 */
public record Leftover(Predicate<Claim> claims, boolean isUndo, boolean isOfFirstRequest) {

  public Leftover {
    requireNonNull(claims, "claims is null");
  }

  /** Everything: the resource does not use the provider any more. */
  public static Leftover all() {
    return new Leftover(_ -> true, false, false);
  }

  /**
   * What requests have written that were sent before a Delete. If it is delivered once more, the
   * resource may use the provider again.
   */
  public static Leftover before(Instant sent) {
    return new Leftover(claim -> !claim.sentAt().isAfter(sent), false, false);
  }

  /** What a request has written that has failed. */
  public static Leftover of(String requestId) {
    return undoing(claim -> claim.requestId().equals(requestId), false);
  }

  /**
   * What an Update to another provider has written that was sent in a time.
   *
   * @param from when that begins
   * @param to when its rollback was sent
   */
  public static Leftover ofUpdate(Instant from, Instant to) {
    return undoing(
        claim ->
            claim.origin() == Origin.UPDATE
                && !claim.sentAt().isBefore(from)
                && !claim.sentAt().isAfter(to),
        false);
  }

  /**
   * What a Create has written that may still be running: CloudFormation cancels such a Create with
   * a Delete whose id it made up, so the Create's RequestId is not known.
   *
   * @param canceledAt when the Delete was sent
   */
  public static Leftover ofRunningCreate(Instant canceledAt) {
    return undoing(
        claim ->
            claim.origin() == Origin.CREATE
                && claim.writtenAt().plus(RequestContext.LONGEST_RUN).isAfter(canceledAt)
                && !claim.sentAt().isAfter(canceledAt),
        true);
  }

  private static Leftover undoing(Predicate<Claim> written, boolean isOfFirstRequest) {
    return new Leftover(written, true, isOfFirstRequest);
  }

  /** Whether something of it is on the provider. */
  boolean isOn(Ownership is, Claimant claimant, ProviderArn arn) {
    return is.claimsOf(claimant).values().stream().anyMatch(claims)
        || (is.claimsOf(claimant).isEmpty() && undoesTakeover(is, claimant, arn));
  }

  /**
   * Whether the provider was taken over by a request of the resource that is undone. The tag names
   * the stack and where it is, but not which one of several of this name: no other claim is of the
   * request.
   */
  boolean undoesTakeover(Ownership is, Claimant claimant, ProviderArn arn) {
    return isUndo
        && is.isManaged()
        && is.takenOverBy()
            .filter(claims)
            .filter(by -> claimant.canHaveWritten(by, arn.account()))
            .filter(
                by ->
                    is.claimTags().entrySet().stream()
                        .filter(tag -> tag.getValue().requestId().equals(by.requestId()))
                        .allMatch(tag -> claimant.isKey(tag.getKey())))
            .isPresent();
  }
}
