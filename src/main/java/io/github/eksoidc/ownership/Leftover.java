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
 * @param takeovers which takeovers are undone: the provider is then not managed any more, instead
 *     of being deleted
 * @param isOfFirstRequest whether every other claim of the resource is later
 */
public record Leftover(
    Predicate<ClaimRecord> claims, Predicate<ClaimRecord> takeovers, boolean isOfFirstRequest) {

  /** Lambda's longest timeout: a Create that stored its claim earlier has ended. */
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

  public Leftover {
    requireNonNull(claims, "claims is null");
    requireNonNull(takeovers, "takeovers is null");
  }

  /** Everything: the resource does not use the provider any more. */
  public static Leftover all() {
    return new Leftover(_ -> true, _ -> false, false);
  }

  /** What a request has written that has failed. */
  public static Leftover of(String requestId) {
    return undoing(record -> record.requestId().equals(requestId), false);
  }

  /** What an Update has written that was sent at a moment or later. */
  public static Leftover ofUpdateSince(Instant moment) {
    return undoing(record -> !record.at().isBefore(moment), false);
  }

  /**
   * What a Create has written that may still be running: CloudFormation cancels such a Create with
   * a Delete whose id it made up, so the Create's RequestId is not known.
   *
   * @param canceledAt when the Delete began
   */
  public static Leftover ofRunningCreate(Instant canceledAt) {
    return undoing(
        record ->
            record.origin() == Origin.CREATE && record.at().plus(LONGEST_RUN).isAfter(canceledAt),
        true);
  }

  private static Leftover undoing(Predicate<ClaimRecord> written, boolean isOfFirstRequest) {
    return new Leftover(written, written, isOfFirstRequest);
  }

  /** Whether something of it is on the provider. */
  boolean isOn(Ownership is, Claim claim) {
    return is.claimsOf(claim).values().stream().anyMatch(claims)
        || (is.isAbandoned() && is.takenOverBy().filter(takeovers).isPresent());
  }
}
