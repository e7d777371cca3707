package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.RequestContext;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The lease of one request on one provider, held while no other request holds one.
 *
 * <p>The request writes its lease, then reads until it sees it. Of several that do so at the same
 * time, the one with the least nonce goes first; the others withdraw theirs and wait.
 */
final class ExclusiveLease {

  private final Providers providers;
  private final ProviderArn arn;
  private final RequestContext context;
  private final ConsistentReads reads;
  private Lease lease;
  private boolean stored;
  private boolean written;
  private boolean mustRemain;

  ExclusiveLease(
      Providers providers, ProviderArn arn, RequestContext context, ConsistentReads reads) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.context = requireNonNull(context, "context is null");
    this.reads = requireNonNull(reads, "reads is null");
    this.lease = Lease.create(context);
  }

  String nonce() {
    return lease.nonce();
  }

  /** The key of the tag, if the lease may be stored on the provider and may be removed. */
  Set<String> removableKeys() {
    return stored && !mustRemain ? Set.of(lease.key()) : Set.of();
  }

  /** Whether a call that is sent now is carried out before the lease expires. */
  boolean coversCall() {
    return lease.coversCall(context.now());
  }

  /**
   * Stores the lease, or renews it, and waits until no other request holds one.
   *
   * @return the provider as it is under the lease; empty if it does not exist any more
   */
  Optional<Provider> acquire() {
    Backoff backoff = reads.backoff();
    while (true) {
      // Never the same value twice: a read from before it was removed would show it.
      if (!store(written ? lease.renewed(context) : lease)) {
        return Optional.empty();
      }
      Optional<Provider> seen = reads.readUntil(p -> Ownership.of(p).hasLease(lease));
      boolean withdrawn = false;
      while (!withdrawn && seen.filter(p -> Ownership.of(p).hasLease(lease)).isPresent()) {
        Set<String> others = Ownership.of(seen.get()).activeLeases(context.now());
        others.remove(lease.nonce());
        if (others.isEmpty()) {
          if (coversCall()) {
            return seen;
          }
          // It has expired while this request waited, so others do not see it: write it again.
          break;
        }
        if (others.stream().anyMatch(other -> other.compareTo(lease.nonce()) < 0)) {
          release(Set.of());
          withdrawn = true;
        }
        reads.pauseFor(others, seen.get(), backoff);
        if (!withdrawn) {
          seen = reads.readUntil(p -> Ownership.of(p).hasLease(lease));
        }
      }
      if (!withdrawn && seen.isEmpty()) {
        return Optional.empty();
      }
    }
  }

  private boolean store(Lease next) {
    lease = next;
    stored = true;
    written = true;
    return providers.change(arn, new Change.PutTags(Map.of(next.key(), next.value())));
  }

  /**
   * From now on the lease stays until it expires by itself: IAM may still carry out a deletion that
   * this request has sent.
   */
  void keepUntilCallIsOver() {
    mustRemain = true;
  }

  /** Lets a lease that stays expire as soon as a call that was just sent must be over. */
  void shortenToCall() {
    if (mustRemain) {
      Lease shorter = lease.endingWithCall(context);
      if (!shorter.equals(lease)) {
        store(shorter);
      }
    }
  }

  /**
   * Removes the lease together with other tags.
   *
   * @return false if the provider does not exist any more
   */
  boolean release(Set<String> otherKeys) {
    Set<String> keys = new HashSet<>(otherKeys);
    keys.addAll(removableKeys());
    boolean exists = keys.isEmpty() || providers.change(arn, new Change.RemoveTags(keys));
    stored = mustRemain;
    return exists;
  }

  /** Removes the lease of a request that fails, so that nobody waits for it. */
  void releaseAfterFailure(RuntimeException failure) {
    try {
      release(Set.of());
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
