package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

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

  /**
   * The same lease, to be written now. Never the same value twice: a read from before it was
   * removed would show it.
   */
  Lease renewed(Instant now) {
    Instant end = now.plus(DURATION);
    return new Lease(nonce, end.isAfter(until) ? end : until.plusMillis(1));
  }

  /** The same lease, which lasts only as long as a call that was sent now may take. */
  Lease endingWithCall(Instant now) {
    Instant end = now.plus(LATEST_CALL);
    return end.isBefore(until) ? new Lease(nonce, end) : this;
  }

  /** Whether a call that is sent now is carried out before the lease expires. */
  boolean coversCall(Instant now) {
    return now.plus(LATEST_CALL).isBefore(until);
  }

  /** Stores the lease. */
  Change put() {
    return new Change.PutTags(Map.of(key(), value()));
  }

  String key() {
    return OwnershipTags.LEASE + nonce;
  }

  String value() {
    return until.toString();
  }
}
