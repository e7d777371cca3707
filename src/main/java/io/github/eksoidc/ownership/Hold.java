package io.github.eksoidc.ownership;

import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Difference;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The provider exists, carries the claim of the resource, is as the template wants it, and nobody
 * is about to delete it: it was created with the claim in one call, or a read that shows the claim
 * shows no active lease, or the resource had a claim on it before. Whoever wants to delete the
 * provider later sees the claim.
 *
 * @param origin what the claim says about this request if there was no claim before
 * @param renews whether the claim has to name this request
 */
record Hold(
    ProviderArn arn,
    Claimant claimant,
    SentRequest request,
    Wanted wanted,
    Origin origin,
    boolean renews)
    implements Goal {

  @Override
  public String activity() {
    return renews ? "claiming" : "updating";
  }

  @Override
  public Move next(Observation seen, Instant now) {
    boolean heldBefore = isHeldBefore(seen);
    if (seen.awaitsRead() && !heldBefore) {
      return new Move.Look();
    }
    if (seen.provider().isEmpty()) {
      return new Move.Create(wanted.issuer(), wanted.desired(), tagsOfNew(now));
    }
    Ownership is = seen.provider().get();
    if (is.claimsOf(claimant).values().stream().anyMatch(request::isBefore)) {
      throw new SupersededException(arn);
    }
    if (wanted.onExisting() == OnExisting.FORBIDDEN_TAKE_OVER && !is.isManaged()) {
      throw OnExisting.forbiddenTakeOver();
    }
    boolean own = seen.hasOwnClaim();
    if (!own && (renews || is.claimOf(claimant).filter(this::suffices).isEmpty())) {
      return claim(seen, is, now);
    }
    Set<String> leases = seen.othersLeases(now);
    if (own && !heldBefore && !leases.isEmpty()) {
      // It may have a lease itself, for which the other one waits.
      return seen.untilExclusive(now).orElseThrow();
    }
    checkThumbprints(is);
    checkRoomForOthers(is, 0);
    return converge(seen, is, now);
  }

  /**
   * Whether an Update has added its claim beside an earlier one of the resource on its own
   * provider. The earlier one stays until the Update is done, and a request that wants to delete
   * the provider sees it. So this claim needs no read after it, as long as there is no lease of
   * this request.
   */
  private boolean isHeldBefore(Observation seen) {
    return origin == Origin.RENEWAL
        && seen.reads().isKnown()
        && seen.hasOwnClaim()
        && !seen.ownLease().mayBeStored()
        && seen.provider().filter(is -> is.claimsOf(claimant).size() > 1).isPresent();
  }

  private boolean suffices(Claim claim) {
    return wanted.cluster().isEmpty() || claim.isFor(wanted.cluster());
  }

  private Move claim(Observation seen, Ownership is, Instant now) {
    if (seen.hasLostClaim()) {
      if (!seen.isCertain()) {
        return new Move.Look();
      }
      throw new RequestFailedException(
          ("The claim of this resource on %s was removed while the request was running."
                  + " CloudFormation may have canceled the request and deleted the resource.")
              .formatted(arn));
    }
    Map<String, Claim> existing = is.claimsOf(claimant);
    if (existing.isEmpty()) {
      if (wanted.onExisting() == OnExisting.FAIL) {
        if (seen.mayHideOwnClaim()) {
          return new Move.Look();
        }
        Set<String> leases = seen.othersLeases(now);
        if (!leases.isEmpty()) {
          return new Move.Wait(leases);
        }
        throw new RequestFailedException(
            "%s already exists%s, and OnExisting is Fail. Set OnExisting to Adopt to share the provider."
                .formatted(arn, usedBy(is)));
      }
    }
    if (existing.isEmpty() || origin != Origin.RENEWAL) {
      // A provider that is full has room for the claim in the place of an earlier one.
      checkRoom(is, existing.isEmpty() ? 1 : Math.min(1, is.provider().freeTags()));
    }
    checkThumbprints(is);
    // Without a cluster in the template, it remains the one that the provider was claimed for.
    Optional<String> named =
        wanted.cluster().or(() -> is.claimOf(claimant).flatMap(Claim::cluster));
    Origin written = existing.isEmpty() || origin != Origin.CREATE ? origin : Origin.RETRY;
    String value = newClaim(written, named, now).value();
    return new Move.Write(new Change.PutTags(Map.of(is.keyFor(claimant, request.id()), value)));
  }

  /**
   * Something is removed under a lease only: whoever claims the provider meanwhile waits until the
   * lease is gone, and then adds what is missing. Taken over is last: if the request fails before,
   * the provider stays what it was.
   */
  private Move converge(Observation seen, Ownership is, Instant now) {
    // A provider that is full has no room for a lease. So only what certainly has to go needs one,
    // and others' thumbprints are at risk.
    boolean isFull = is.provider().freeTags() == 0 && !is.hasLease(seen.ownLease().lease());
    Difference difference = difference(is, isFull && seen.isCertain());
    if (difference.isDestructive() && isFull && !seen.isCertain()) {
      return new Move.Look();
    }
    if (difference.isDestructive() && (!isFull || belongsToNoOther(is))) {
      Optional<Move> first = seen.untilExclusive(now);
      if (first.isPresent()) {
        return first.get();
      }
    }
    List<Change> changes = new ArrayList<>(difference.changes());
    Set<String> leases = new HashSet<>(seen.ownLease().removableKey());
    is.expiredLeases(now).forEach(nonce -> leases.add(OwnershipTags.LEASE + nonce));
    if (!leases.isEmpty()) {
      changes.add(new Change.RemoveTags(leases));
    }
    boolean takesOver = takesOver(is);
    if (takesOver) {
      // With the claim: if somebody has removed that meanwhile, the provider is never managed
      // without it, and the last Delete of others does not delete it.
      Map<String, String> tags = new HashMap<>();
      is.claimsOf(claimant).forEach((key, claim) -> tags.put(key, claim.value()));
      tags.put(OwnershipTags.MANAGED, "true");
      tags.put(OwnershipTags.TAKEN_OVER, newClaim(origin, wanted.cluster(), now).value());
      changes.add(new Change.PutTags(tags));
    }
    return new Move.Finish(
        takesOver ? "taken over" : changes.isEmpty() ? "nothing differs" : "changing", changes);
  }

  /**
   * @param isLatest whether the provider is certainly shown as the request before has left it
   */
  private Difference difference(Ownership is, boolean isLatest) {
    Optional<DesiredState> old = isLatest ? Optional.empty() : wanted.old();
    // An earlier delivery of this request may have taken it over: until then it was not managed.
    return belongsToNoOther(is) && !is.isTakenOverBy(request.id())
        ? Difference.exact(is.provider(), wanted.desired(), old)
        : Difference.additive(is.provider(), wanted.desired(), old);
  }

  private boolean takesOver(Ownership is) {
    return wanted.onExisting() == OnExisting.TAKE_OVER && !is.isManaged();
  }

  private boolean belongsToNoOther(Ownership is) {
    return is.isManaged() && is.otherClaimants(claimant).isEmpty();
  }

  /**
   * Fails before anything is changed if the tags do not fit.
   *
   * @param claims how many tags the claim adds
   */
  private void checkRoom(Ownership is, int claims) {
    Provider provider = is.provider();
    int own = claims + (takesOver(is) ? 2 : 0);
    int needed = own + Difference.missingTags(provider, wanted.desired()).size();
    if (provider.freeTags() >= needed) {
      checkRoomForOthers(is, own);
      return;
    }
    List<String> owners = is.otherClaimants(claimant);
    String state =
        "%s has %d of the %d tags that IAM allows, and this resource needs %d more, %d of them to record that it uses the provider."
            .formatted(arn, provider.tags().size(), ProviderTags.MAX_COUNT, needed, own);
    String remedy =
        owners.isEmpty()
            ? " Remove tags from the property Tags of this resource, or remove your own tags from the provider."
            : (" %d other resources use it: %s. Import its ARN from one of their stacks instead of"
                    + " declaring the provider again.")
                .formatted(owners.size(), shortList(owners));
    throw new RequestFailedException(state + remedy);
  }

  /**
   * Fails if tags of the template would take the room for claims of others. They stay on a shared
   * provider, whoever brought them.
   *
   * @param claims how many tags of the function are still to come
   */
  private void checkRoomForOthers(Ownership is, int claims) {
    int added = Difference.missingTags(is.provider(), wanted.desired()).size();
    int free = is.provider().freeTags() - claims - added;
    if (added > 0 && !belongsToNoOther(is) && free < ProviderTags.FREE_FOR_OTHERS) {
      throw new RequestFailedException(
          ("%s would have room for %d more tags with the %d new ones of this resource, but must have"
                  + " room for %d: others use it, and each needs a tag. Remove tags from the property"
                  + " Tags of this resource.")
              .formatted(arn, Math.max(0, free), added, ProviderTags.FREE_FOR_OTHERS));
    }
  }

  /** Fails before anything is changed if the thumbprints can't be added to a shared provider. */
  private void checkThumbprints(Ownership is) {
    int thumbprints = Difference.union(is.provider(), wanted.desired()).size();
    if (!belongsToNoOther(is)
        && wanted.desired().thumbprints().isPresent()
        && thumbprints > Difference.MAX_THUMBPRINTS) {
      throw new RequestFailedException(
          ("%s would have %d thumbprints, including those of ThumbprintList, but IAM allows %d. Other"
                  + " resources use the provider, so its thumbprints stay. Omit ThumbprintList: IAM does"
                  + " not need it for EKS.")
              .formatted(arn, thumbprints, Difference.MAX_THUMBPRINTS));
    }
  }

  private String usedBy(Ownership is) {
    List<String> others = is.otherClaimants(claimant);
    return others.isEmpty() ? "" : ", used by " + shortList(others);
  }

  private static String shortList(List<String> owners) {
    int shown = Math.min(owners.size(), 5);
    return String.join(", ", owners.subList(0, shown))
        + (owners.size() > shown ? " and %d more".formatted(owners.size() - shown) : "");
  }

  /** The tags of a new provider: the desired ones, the managed tag, and the claim. */
  private Map<String, String> tagsOfNew(Instant now) {
    Map<String, String> all = ProviderTags.copyOf(wanted.desired().tags());
    all.put(OwnershipTags.MANAGED, "true");
    all.put(claimant.key(request.id()), newClaim(origin, wanted.cluster(), now).value());
    return all;
  }

  private Claim newClaim(Origin written, Optional<String> named, Instant now) {
    return claimant.claim(written, request, now, named, arn.account());
  }
}
