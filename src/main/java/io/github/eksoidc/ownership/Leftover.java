package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.ClaimRecord.Origin;
import java.time.Duration;
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
public record Leftover(Predicate<ClaimRecord> claims, boolean isUndo, boolean isOfFirstRequest) {

  /** Lambda's longest timeout: a Create that stored its claim earlier has ended. */
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

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
    return new Leftover(record -> !record.sentAt().isAfter(sent), false, false);
  }

  /** What a request has written that has failed. */
  public static Leftover of(String requestId) {
    return undoing(record -> record.requestId().equals(requestId), false);
  }

  /**
   * What an Update to another provider has written that was sent in a time.
   *
   * @param from when that begins
   * @param to when its rollback was sent
   */
  public static Leftover ofUpdate(Instant from, Instant to) {
    return undoing(
        record ->
            record.origin() == Origin.UPDATE
                && !record.sentAt().isBefore(from)
                && !record.sentAt().isAfter(to),
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
        record ->
            record.origin() == Origin.CREATE
                && record.at().plus(LONGEST_RUN).isAfter(canceledAt)
                && !record.sentAt().isAfter(canceledAt),
        true);
  }

  private static Leftover undoing(Predicate<ClaimRecord> written, boolean isOfFirstRequest) {
    return new Leftover(written, true, isOfFirstRequest);
  }

  /** Whether something of it is on the provider. */
  boolean isOn(Ownership is, Claim claim) {
    return is.claimsOf(claim).values().stream().anyMatch(claims)
        || (is.claimsOf(claim).isEmpty() && undoesTakeover(is, claim));
  }

  /**
   * Whether the provider was taken over by a request of the resource that is undone. The tag says
   * which stack and logical id, but not which stack of this name: no other claim is of the request.
   */
  boolean undoesTakeover(Ownership is, Claim claim) {
    return isUndo
        && is.isManaged()
        && is.takenOverBy()
            .filter(claims)
            .filter(by -> claim.owner().startsWith(by.owner()))
            .filter(
                by ->
                    is.claimTags().entrySet().stream()
                        .filter(tag -> tag.getValue().requestId().equals(by.requestId()))
                        .allMatch(tag -> claim.isKey(tag.getKey())))
            .isPresent();
  }
}
