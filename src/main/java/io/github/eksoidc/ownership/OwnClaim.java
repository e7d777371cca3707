package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * What a request knows of its own claim on a provider, beside what the last read shows.
 *
 * @param stored whether the provider may carry it
 * @param shownOn when the provider was created that had it; empty if none was seen with it
 */
record OwnClaim(Stored stored, Optional<Instant> shownOn) {

  /** Whether a claim may be stored. */
  enum Stored {
    /** Certainly not by this request. */
    NO,
    /**
     * Not by this delivery. By another one, if a read has shown the claim; perhaps, if the provider
     * existed before the call of this one.
     */
    BY_ANOTHER_DELIVERY,
    /** Perhaps by this delivery: it has sent a call whose response is not known. */
    POSSIBLY,
    /** A call of this delivery has stored it: a read that does not show it lags, or is later. */
    YES
  }

  static final OwnClaim NONE = new OwnClaim(Stored.NO, Optional.empty());

  OwnClaim {
    requireNonNull(stored, "stored is null");
    requireNonNull(shownOn, "shownOn is null");
  }

  /** Whether this delivery of the request has stored the claim, or may have. */
  boolean mayBeByThisDelivery() {
    return stored == Stored.POSSIBLY || stored == Stored.YES;
  }

  /** A call that stores the claim is about to be sent. */
  OwnClaim sending() {
    return stored == Stored.YES ? this : new OwnClaim(Stored.POSSIBLY, shownOn);
  }

  /**
   * The call that would have stored the claim found a provider that existed before. An earlier call
   * may have created it, whose response is not known.
   *
   * @param before what was known before the call
   */
  OwnClaim notByThisDelivery(OwnClaim before) {
    return before.mayBeByThisDelivery() ? this : new OwnClaim(Stored.BY_ANOTHER_DELIVERY, shownOn);
  }

  /**
   * The request may not read the provider. The Delete that undoes the request may not either, so
   * what another delivery may have stored, unseen, is no reason to let it fail.
   */
  OwnClaim readDenied() {
    return stored == Stored.BY_ANOTHER_DELIVERY && shownOn.isEmpty() ? NONE : this;
  }

  /** A call has stored the claim. */
  OwnClaim wasStored() {
    return new OwnClaim(Stored.YES, shownOn);
  }

  /**
   * A read has shown a provider, or none.
   *
   * @param claim of this request on it
   * @param certain whether the read can't be one from before a call that may have stored the claim
   */
  OwnClaim read(Optional<Ownership> is, Optional<Claim> claim, boolean certain) {
    boolean wasShown = stored == Stored.BY_ANOTHER_DELIVERY && shownOn.isPresent();
    boolean isHidden = claim.isEmpty() && (stored == Stored.POSSIBLY || wasShown) && !certain;
    Stored now = stored;
    if (stored != Stored.YES && is.isPresent() && !isHidden) {
      Stored shown = mayBeByThisDelivery() ? stored : Stored.BY_ANOTHER_DELIVERY;
      now = claim.isPresent() ? shown : Stored.NO;
    }
    return new OwnClaim(now, shownOn).shownOn(is, claim);
  }

  /** The provider is known to have the claim, or not. */
  OwnClaim shownOn(Optional<Ownership> is, Optional<Claim> claim) {
    return claim.isPresent() ? new OwnClaim(stored, is.map(o -> o.provider().created())) : this;
  }
}
