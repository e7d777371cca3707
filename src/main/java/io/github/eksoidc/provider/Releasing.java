package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Run;
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
final class Releasing {

  /** A read that lags must not make us think that there is nothing to do. */
  private static final int SECOND_LOOKS = 2;

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final Run run;
  private Mark mark;
  private boolean marked;
  private boolean deletionInDoubt;

  Releasing(Providers providers, ProviderArn arn, Claim claim, Run run) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.run = requireNonNull(run, "run is null");
    this.mark = Mark.fresh(run);
  }

  /**
   * Releases what this resource has there; a provider that is gone, or not claimed, is left alone.
   */
  void release() {
    run.doing("releasing " + arn);
    Optional<Provider> seen =
        Look.until(p -> p.hasClaim(claim) || p.isOrphan(), providers, arn, run, SECOND_LOOKS);
    release(seen);
  }

  /** Releases what was seen. */
  void release(Optional<Provider> first) {
    run.doing("releasing " + arn);
    try {
      takeBackAndDown(first);
    } catch (RuntimeException e) {
      removeMark(e);
      throw e;
    }
  }

  private void takeBackAndDown(Optional<Provider> first) {
    Optional<Provider> seen = first;
    Pauses pauses = Look.pauses(run);
    while (seen.isPresent()) {
      Provider provider = seen.get();
      if (!provider.isManaged() || !provider.othersThan(claim).isEmpty()) {
        if (!takeBack(provider)) {
          decided("not claimed by this resource, left alone");
          return;
        }
        if (!provider.isManaged()) {
          decided("claim taken back; the function did not make the provider, so it stays");
          return;
        }
        // The last of two that leave at the same time must not take the other for still there.
        seen = Look.until(p -> !p.hasClaim(claim), providers, arn, run);
        if (seen.isPresent() && !seen.get().othersThan(claim).isEmpty()) {
          decided("claim taken back; others use the provider, so it stays");
          return;
        }
        continue;
      }
      seen = takeDown(provider, pauses);
    }
    decided("the provider is gone");
  }

  /** Removes all that is ours; whether there was anything. */
  private boolean takeBack(Provider provider) {
    Set<String> ours = new HashSet<>();
    if (provider.hasClaim(claim)) {
      ours.add(Tags.CLAIM + claim.id());
    }
    if (provider.tags().containsKey(mark.key())) {
      ours.add(mark.key());
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
  private Optional<Provider> takeDown(Provider last, Pauses pauses) {
    if (marked) {
      mark = mark.again();
    }
    Mark current = mark;
    if (!putMark(last)) {
      return Optional.empty();
    }
    marked = true;
    Optional<Provider> seen = Look.until(p -> p.hasMark(current), providers, arn, run);
    while (seen.isPresent() && isOurs(seen.get())) {
      Set<String> others = seen.get().liveMarks(run.now());
      others.remove(mark.nonce());
      if (others.isEmpty()) {
        run.doing("deleting " + arn);
        if (providers.delete(arn) == Deletion.DONE) {
          return Optional.empty();
        }
        deletionInDoubt = true;
        pauses.pause();
        // Perhaps it was done, and what stands there now is another's: look before doing it again.
        return providers.find(arn);
      }
      // Of several at the same time the one with the least nonce goes on; the others step back.
      if (others.stream().anyMatch(other -> other.compareTo(mark.nonce()) < 0)) {
        providers.change(arn, new Change.RemoveTags(Set.of(mark.key())));
        Look.pauseFor(others, seen.get(), arn, pauses);
        return providers.find(arn);
      }
      Look.pauseFor(others, seen.get(), arn, pauses);
      seen = providers.find(arn);
    }
    return seen;
  }

  private boolean putMark(Provider last) {
    Change put = new Change.PutTags(Map.of(mark.key(), mark.value()));
    try {
      return providers.change(arn, put);
    } catch (Providers.Full full) {
      // The provider is full of tags that somebody added: our claim makes room.
      if (!takeBack(last)) {
        throw full;
      }
      return providers.change(arn, put);
    }
  }

  /** Whether it may be deleted under our mark. */
  private boolean isOurs(Provider provider) {
    return provider.hasMark(mark) && provider.isManaged() && provider.othersThan(claim).isEmpty();
  }

  /** Nobody is to wait for a request that has failed; unless its deletion may still come. */
  private void removeMark(RuntimeException failure) {
    if (!marked || deletionInDoubt) {
      return;
    }
    try {
      providers.change(arn, new Change.RemoveTags(Set.of(mark.key())));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void decided(String what) {
    run.decided(what, Map.of("provider", arn.toString()));
  }
}
