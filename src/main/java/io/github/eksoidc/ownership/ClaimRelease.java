package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.provider.TagLimitExceededException;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.RequestContext;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Removes a resource's claim and, if the provider is managed and nobody else claims it, deletes the
 * provider.
 *
 * <p>Before the provider is deleted, a lease of this attempt is stored on it, and a read must show
 * that lease, no other claim, and no other active lease. Whoever claims the provider later sees the
 * lease and waits.
 */
public final class ClaimRelease {

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final ReleaseScope scope;
  private final RequestContext context;
  private final ConsistentReads reads;
  private final ExclusiveLease lease;
  private Optional<ClaimRecord> removed = Optional.empty();

  public ClaimRelease(
      Providers providers,
      ProviderArn arn,
      Claim claim,
      ReleaseScope scope,
      RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.scope = requireNonNull(scope, "scope is null");
    this.context = requireNonNull(context, "context is null");
    this.reads = new ConsistentReads(providers, arn, context);
    this.lease = new ExclusiveLease(providers, arn, context, reads);
  }

  /**
   * Releases the claim of this resource on the provider. A provider that does not exist, or that
   * the resource does not claim, is left alone; to be sure of that, reads are repeated until they
   * can't lag any more.
   */
  public void release() {
    context.reportProgress("releasing " + arn);
    release(
        reads.readUntilIfTimeAllows(
            p -> Ownership.of(p).isAbandoned() || decides(Ownership.of(p).claimOf(claim))));
  }

  /** Whether a claim that a read shows can't be replaced by one that the read does not show yet. */
  private boolean decides(Optional<ClaimRecord> record) {
    return record.filter(r -> scope.includes(r) || scope.isSupersededBy(r)).isPresent();
  }

  /** Releases what a read has shown. */
  public void release(Optional<Provider> first) {
    context.reportProgress("releasing " + arn);
    try {
      releaseSeen(first);
    } catch (RuntimeException e) {
      lease.releaseAfterFailure(e);
      throw e;
    }
  }

  private void releaseSeen(Optional<Provider> first) {
    Optional<Provider> seen = first;
    if (scope.isRestricted() && seen.filter(this::isOurs).isPresent()) {
      // A later request may have renewed the claim, which only a read after a write of ours shows.
      seen = leased();
    }
    Backoff backoff = reads.backoff();
    while (seen.isPresent()) {
      Ownership ownership = Ownership.of(seen.get());
      if (!isOurs(seen.get())) {
        lease.release(Set.of());
        logDecision("the provider has no claim to release");
        return;
      }
      if (stays(ownership)) {
        if (!removeClaim(ownership)) {
          logDecision("the earlier claim is stored again");
          return;
        }
        // Of two that release at the same time, the last one must see that the other claim is gone.
        seen = reads.readUntil(p -> !Ownership.of(p).hasClaim(claim));
        if (seen.isEmpty() || !Ownership.of(seen.get()).isAbandoned()) {
          logDecision("claim removed");
          return;
        }
      } else {
        seen = deleteUnderLease(seen.get(), backoff);
      }
    }
    logDecision("the provider does not exist any more");
  }

  /** Whether there is something to release: the claim, or a provider that nobody claims. */
  private boolean isOurs(Provider provider) {
    Ownership ownership = Ownership.of(provider);
    return ownership.claimOf(claim).map(scope::includes).orElse(ownership.isAbandoned());
  }

  /** Whether the provider remains when the claim is gone. */
  private boolean stays(Ownership ownership) {
    return !ownership.isManaged()
        || !ownership.otherClaimants(claim).isEmpty()
        || scope.restores().isPresent()
        || isTakeoverToUndo(ownership);
  }

  /**
   * Whether the request that is undone has taken the provider over: it then is not managed again.
   * The request may do so after its claim was removed.
   */
  private boolean isTakeoverToUndo(Ownership ownership) {
    Optional<ClaimRecord> undone = ownership.claimOf(claim).or(() -> removed);
    return scope.isUndo()
        && (ownership.takenOverBy().filter(scope::isOf).isPresent()
            || undone.filter(c -> ownership.isTakenOverBy(c.requestId())).isPresent());
  }

  /** Removes the claim; false if the claim from before the request is stored instead. */
  private boolean removeClaim(Ownership ownership) {
    Set<String> keys = new HashSet<>();
    if (isTakeoverToUndo(ownership)) {
      keys.addAll(Set.of(OwnershipTags.MANAGED, OwnershipTags.TAKEN_OVER));
    }
    removed = ownership.claimOf(claim).or(() -> removed);
    Optional<ClaimRecord> previous = scope.restores();
    if (previous.isPresent()) {
      providers.change(arn, new Change.PutTags(Map.of(claim.key(), previous.get().value())));
    } else {
      keys.add(claim.key());
    }
    lease.release(keys);
    lease.shortenToCall();
    return previous.isEmpty();
  }

  /** The provider under this request's lease; empty if it does not exist. */
  private Optional<Provider> leased() {
    try {
      return lease.acquire();
    } catch (TagLimitExceededException full) {
      // No tag is free: only waiting shows what a later request wrote before this one began.
      return reads.readUntil(_ -> false);
    }
  }

  /**
   * Tries to delete a provider that nobody else claimed when it was last read.
   *
   * @return the provider as it is afterwards, if it exists
   */
  private Optional<Provider> deleteUnderLease(Provider last, Backoff backoff) {
    Optional<Provider> seen = acquireLease(last);
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    if (!isOurs(seen.get()) || stays(Ownership.of(seen.get())) || !lease.coversCall()) {
      return seen;
    }
    context.reportProgress("deleting " + arn);
    if (providers.delete(arn) == Deletion.DONE) {
      return Optional.empty();
    }
    // IAM may carry it out later: until then nobody may rely on the provider.
    lease.keepUntilCallIsOver();
    backoff.pause();
    return reads.readUntil(_ -> false);
  }

  private Optional<Provider> acquireLease(Provider last) {
    try {
      return lease.acquire();
    } catch (TagLimitExceededException full) {
      // Somebody else's tags fill the provider: the claim's own place is free for the lease.
      if (!Ownership.of(last).hasClaim(claim)) {
        throw full;
      }
      providers.change(arn, new Change.RemoveTags(Set.of(claim.key())));
      return lease.acquire();
    }
  }

  private void logDecision(String what) {
    context.logDecision(what, Map.of("provider", arn.toString()));
  }
}
