package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * The lease of one request on one provider.
 *
 * @param lease as it was written last
 * @param mayBeStored whether the provider may carry it
 * @param isDeletionInDoubt whether IAM may carry out a deletion later, to which it did not respond
 */
record OwnLease(Lease lease, boolean mayBeStored, boolean isDeletionInDoubt) {

  OwnLease {
    requireNonNull(lease, "lease is null");
  }

  static OwnLease notStored(String nonce) {
    return new OwnLease(new Lease(nonce, Instant.EPOCH), false, false);
  }

  /** The lease is about to be written. */
  OwnLease sending(Map<String, String> tags) {
    Instant until = Instant.parse(tags.get(lease.key()));
    return new OwnLease(new Lease(lease.nonce(), until), true, isDeletionInDoubt);
  }

  /** A change was made. */
  OwnLease after(Change change) {
    boolean removed = change instanceof Change.RemoveTags(var keys) && keys.contains(lease.key());
    return new OwnLease(lease, mayBeStored && !removed, isDeletionInDoubt);
  }

  /**
   * There was no response to a deletion. Before it is repeated, a read must show a lease that was
   * written after it.
   */
  OwnLease deletionInDoubt() {
    return new OwnLease(new Lease(lease.nonce(), lease.until().plusMillis(1)), mayBeStored, true);
  }

  /**
   * The key of the lease, if it may be stored and may be removed. After a deletion without a
   * response it stays until it expires: IAM may still carry out the deletion.
   */
  Set<String> removableKey() {
    return mayBeStored && !isDeletionInDoubt ? Set.of(lease.key()) : Set.of();
  }
}
