package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
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
 * Takes a claim back and, if the function made the provider and nobody else claims it, deletes it.
 *
 * <p>Before the provider is deleted, a mark of this attempt goes onto it, and a read must show that
 * mark, no other claim, and nobody else's live mark. Whoever claims it later sees the mark, and
 * waits. Whoever else wants to delete it sees the mark too, so there is one at a time.
 */
public final class ClaimRelease {

  /** A read that lags must not make us think that there is nothing to do. */
  private static final int SECOND_LOOKS = 2;

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final RequestContext context;
  private Lease lease;
  private boolean leased;
  private boolean deletionInDoubt;

  public ClaimRelease(Providers providers, ProviderArn arn, Claim claim, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
    this.lease = Lease.fresh(context);
  }

  /**
   * Releases what this resource has there; a provider that is gone, or not claimed, is left alone.
   */
  public void release() {
    context.reportProgress("releasing " + arn);
    Optional<Provider> seen =
        ConsistentReads.await(
            p -> Ownership.of(p).hasClaim(claim) || Ownership.of(p).isAbandoned(),
            providers,
            arn,
            context,
            SECOND_LOOKS);
    release(seen);
  }

  /** Releases what was seen. */
  public void release(Optional<Provider> first) {
    context.reportProgress("releasing " + arn);
    try {
      takeBackAndDown(first);
    } catch (RuntimeException e) {
      removeLease(e);
      throw e;
    }
  }

  private void takeBackAndDown(Optional<Provider> first) {
    Optional<Provider> seen = first;
    Backoff backoff = ConsistentReads.backoff(context);
    while (seen.isPresent()) {
      Provider provider = seen.get();
      if (!Ownership.of(provider).isManaged()
          || !Ownership.of(provider).otherClaimants(claim).isEmpty()) {
        if (!takeBack(provider)) {
          logDecision("not claimed by this resource, left alone");
          return;
        }
        if (!Ownership.of(provider).isManaged()) {
          logDecision("claim taken back; the function did not make the provider, so it stays");
          return;
        }
        // The last of two that leave at the same time must not take the other for still there.
        seen =
            ConsistentReads.await(p -> !Ownership.of(p).hasClaim(claim), providers, arn, context);
        if (seen.isPresent() && !Ownership.of(seen.get()).otherClaimants(claim).isEmpty()) {
          logDecision("claim taken back; others use the provider, so it stays");
          return;
        }
        continue;
      }
      seen = takeDown(provider, backoff);
    }
    logDecision("the provider is gone");
  }

  /** Removes all that is ours; whether there was anything. */
  private boolean takeBack(Provider provider) {
    Set<String> ours = new HashSet<>();
    if (Ownership.of(provider).hasClaim(claim)) {
      ours.add(ProviderTags.CLAIM + claim.id());
    }
    if (provider.tags().containsKey(lease.key())) {
      ours.add(lease.key());
    }
    if (ours.isEmpty()) {
      return false;
    }
    providers.change(arn, new Change.RemoveTags(ours));
    return true;
  }

  /**
   * Tries to delete a provider that nobody else claimed when it was last seen.
   *
   * @return the provider as it stands after it, if there is one
   */
  private Optional<Provider> takeDown(Provider last, Backoff backoff) {
    if (leased) {
      lease = lease.again();
    }
    Lease current = lease;
    if (!putLease(last)) {
      return Optional.empty();
    }
    leased = true;
    Optional<Provider> seen =
        ConsistentReads.await(p -> Ownership.of(p).hasLease(current), providers, arn, context);
    while (seen.isPresent() && isOurs(seen.get())) {
      Set<String> others = Ownership.of(seen.get()).activeLeases(context.now());
      others.remove(lease.nonce());
      if (others.isEmpty()) {
        context.reportProgress("deleting " + arn);
        if (providers.delete(arn) == Deletion.DONE) {
          return Optional.empty();
        }
        deletionInDoubt = true;
        backoff.pause();
        // Perhaps it was done, and what stands there now is another's: look before doing it again.
        return providers.find(arn);
      }
      // Of several at the same time the one with the least nonce goes on; the others step back.
      if (others.stream().anyMatch(other -> other.compareTo(lease.nonce()) < 0)) {
        providers.change(arn, new Change.RemoveTags(Set.of(lease.key())));
        ConsistentReads.pauseFor(others, seen.get(), arn, backoff);
        return providers.find(arn);
      }
      ConsistentReads.pauseFor(others, seen.get(), arn, backoff);
      seen = providers.find(arn);
    }
    return seen;
  }

  private boolean putLease(Provider last) {
    Change put = new Change.PutTags(Map.of(lease.key(), lease.value()));
    try {
      return providers.change(arn, put);
    } catch (TagLimitExceededException full) {
      // The provider is full of tags that somebody added: our claim makes room.
      if (!takeBack(last)) {
        throw full;
      }
      return providers.change(arn, put);
    }
  }

  /** Whether it may be deleted under our mark. */
  private boolean isOurs(Provider provider) {
    return Ownership.of(provider).hasLease(lease)
        && Ownership.of(provider).isManaged()
        && Ownership.of(provider).otherClaimants(claim).isEmpty();
  }

  /** Nobody is to wait for a request that has failed; unless its deletion may still come. */
  private void removeLease(RuntimeException failure) {
    if (!leased || deletionInDoubt) {
      return;
    }
    try {
      providers.change(arn, new Change.RemoveTags(Set.of(lease.key())));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void logDecision(String what) {
    context.logDecision(what, Map.of("provider", arn.toString()));
  }
}
