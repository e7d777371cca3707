package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The right to remove something from a provider, or all of it, until a time. Each attempt has its
 * own, so that none overwrites another's.
 *
 * @param nonce of this attempt
 * @param until when the lease expires, also if its holder died
 */
public record Lease(String nonce, Instant until) {

  /** A request that died keeps others waiting for this long at the most. */
  static final Duration DURATION = Duration.ofMinutes(3);

  /** How late IAM may carry out a call after it was sent: far longer than the client waits. */
  static final Duration LATEST_CALL = Duration.ofMinutes(1);

  public Lease {
    requireNonNull(nonce, "nonce is null");
    until = until.truncatedTo(ChronoUnit.MILLIS);
  }

  /** A lease with a nonce that no other has. */
  static Lease create(RequestContext context) {
    return new Lease(context.nonce(), context.now().plus(DURATION));
  }

  /** The same lease, to be written once more: a read that shows it is later than the first. */
  Lease renewed(RequestContext context) {
    Instant end = context.now().plus(DURATION);
    return new Lease(nonce, end.isAfter(until) ? end : until.plusMillis(1));
  }

  /** The same lease, which lasts only as long as a call that was sent now may take. */
  Lease endingWithCall(RequestContext context) {
    Instant end = context.now().plus(LATEST_CALL);
    return end.isBefore(until) ? new Lease(nonce, end) : this;
  }

  /** Whether a call that is sent now is carried out before the lease expires. */
  boolean coversCall(Instant now) {
    return now.plus(LATEST_CALL).isBefore(until);
  }

  String key() {
    return OwnershipTags.LEASE + nonce;
  }

  String value() {
    return until.toString();
  }
}
