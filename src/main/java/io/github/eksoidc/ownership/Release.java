package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.ProviderArn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The provider does not carry certain claims of the resource any more and, if it is managed and
 * nobody else claims it, does not exist.
 *
 * <p>Before the provider is deleted, a lease of this request is stored on it, and a read must show
 * that lease, no other claim, and no other active lease. Whoever claims the provider later sees the
 * lease and waits.
 */
record Release(ProviderArn arn, Claimant claimant, Leftover leftover) implements Goal {

  @Override
  public String activity() {
    return "releasing";
  }

  @Override
  public Move next(Observation seen, Instant now) {
    if (seen.awaitsRead()) {
      return new Move.Look();
    }
    if (seen.provider().isEmpty()) {
      return seen.isCertain()
          ? new Move.Finish("the provider does not exist any more", List.of())
          : new Move.Look();
    }
    Ownership is = seen.provider().get();
    Set<String> released = new HashSet<>();
    is.claimsOf(claimant)
        .forEach(
            (key, claim) -> {
              if (leftover.claims().test(claim)) {
                released.add(key);
              }
            });
    boolean othersClaim =
        !is.oddClaims().isEmpty() || !released.containsAll(is.claimTags().keySet());
    boolean undoesTakeover = leftover.undoesTakeover(is, claimant, arn);
    if (released.isEmpty() && !is.isManagedAndUnclaimed() && !undoesTakeover) {
      return seen.isCertain() ? finish(seen, now) : new Move.Look();
    }
    if (!is.isManaged() || othersClaim || undoesTakeover) {
      // What is not managed may be taken over at this moment: it never stays managed then.
      if (undoesTakeover || (leftover.isUndo() && !is.isManaged())) {
        released.addAll(Set.of(OwnershipTags.MANAGED, OwnershipTags.TAKEN_OVER));
      }
      released.addAll(seen.ownLease().removableKey());
      return new Move.Write(new Change.RemoveTags(released));
    }
    if (is.provider().freeTags() == 0
        && !released.isEmpty()
        && !is.hasLease(seen.ownLease().lease())) {
      // Others' tags fill the provider: the claim's own place is free for the lease.
      return new Move.Write(new Change.RemoveTags(released));
    }
    return seen.untilExclusive(now).orElse(new Move.Delete());
  }

  /** A lease that stays expires as soon as the deletion that was sent must be over. */
  private static Move finish(Observation seen, Instant now) {
    List<Change> changes = new ArrayList<>();
    if (!seen.ownLease().removableKey().isEmpty()) {
      changes.add(new Change.RemoveTags(seen.ownLease().removableKey()));
    }
    Lease shorter = seen.ownLease().lease().endingWithCall(now);
    if (seen.ownLease().isDeletionInDoubt() && !shorter.equals(seen.ownLease().lease())) {
      changes.add(shorter.put());
    }
    return new Move.Finish(
        seen.hasWritten() ? "claim removed" : "the provider has no claim to release", changes);
  }
}
