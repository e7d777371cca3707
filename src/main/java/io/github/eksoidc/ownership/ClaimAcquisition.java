package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Difference;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a provider, or takes part in one that is there, and brings it to what is asked.
 *
 * <p>When this succeeds, the provider exists, carries the claim, and nobody is on the way to delete
 * it: either it was made with the claim on it in one call, or a read after the claim showed no live
 * mark of a Delete. A Delete whose mark comes later sees the claim.
 */
public final class ClaimAcquisition {

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final RequestContext context;
  private boolean added;

  public ClaimAcquisition(
      Providers providers, ProviderArn arn, Claim claim, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Whether the claim may stand on a provider on which it did not stand before. */
  public boolean added() {
    return added;
  }

  /**
   * Makes the provider or, if there is one, claims it as {@code onExisting} says.
   *
   * @return the provider as it was before the last changes
   */
  public Provider createOrAdopt(Issuer issuer, DesiredState desired, OnExisting onExisting) {
    Backoff backoff = ConsistentReads.backoff(context);
    while (true) {
      context.reportProgress("creating " + arn);
      Map<String, String> tags = tagsOfNew(desired);
      if (create(issuer, desired, tags)) {
        logDecision("created", desired.audiences());
        return new Provider(
            context.now(),
            desired.audiences(),
            desired.thumbprints().orElse(List.of()),
            ProviderTags.copyOf(tags));
      }
      context.reportProgress("adopting " + arn);
      Optional<Provider> settled =
          providers.find(arn).flatMap(seen -> adopt(seen, desired, onExisting));
      if (settled.isPresent()) {
        Optional<Provider> converged = converge(settled.get(), desired, ProviderTags.none());
        if (converged.isPresent()) {
          return converged.get();
        }
      }
      // Somebody deleted it meanwhile, or the read came too early: make it, or look again.
      backoff.pause();
    }
  }

  private boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    boolean before = added;
    // IAM may have acted also where no answer says so.
    added = true;
    boolean created = providers.create(issuer, desired, tags);
    added = created || before;
    return created;
  }

  /**
   * Brings a provider that this resource holds already to what is asked now.
   *
   * @param oldTags the tags that the template asked for before
   * @return empty if it is gone, or another stands in its place
   */
  public Optional<Provider> keep(Provider seen, DesiredState desired, Map<String, String> oldTags) {
    context.reportProgress("updating " + arn);
    return settle(seen).flatMap(settled -> converge(settled, desired, oldTags));
  }

  /** Puts the claim on a provider; empty if it is not there any more. */
  private Optional<Provider> adopt(Provider seen, DesiredState desired, OnExisting onExisting) {
    if (Ownership.of(seen).hasClaim(claim)) {
      // This very request came before, or its answer was lost.
      return settle(seen);
    }
    Set<String> live = Ownership.of(seen).activeLeases(context.now());
    if (onExisting == OnExisting.FAIL) {
      if (live.isEmpty()) {
        throw new RequestFailedException(
            "%s exists already%s, and OnExisting is Fail. Set it to Adopt to use it together."
                .formatted(arn, usedBy(seen)));
      }
      ConsistentReads.pauseFor(live, seen, arn, ConsistentReads.backoff(context));
      return Optional.empty();
    }
    checkRoom(seen, desired);
    added = true;
    Map<String, String> claimTag = Map.of(ProviderTags.CLAIM + claim.id(), claim.owner());
    if (!providers.change(arn, new Change.PutTags(claimTag))) {
      return Optional.empty();
    }
    return ConsistentReads.await(
            p -> Ownership.of(p).hasClaim(claim) || !isSame(p, seen), providers, arn, context)
        .filter(p -> isSame(p, seen))
        .flatMap(this::settle);
  }

  /** Waits until nobody is taking anything away; empty if the provider goes with it. */
  private Optional<Provider> settle(Provider first) {
    Backoff backoff = ConsistentReads.backoff(context);
    Provider seen = first;
    while (true) {
      if (!isSame(seen, first)) {
        return Optional.empty();
      }
      if (!Ownership.of(seen).hasClaim(claim)) {
        throw overtaken();
      }
      Set<String> live = Ownership.of(seen).activeLeases(context.now());
      if (live.isEmpty()) {
        return Optional.of(seen);
      }
      ConsistentReads.pauseFor(live, seen, arn, backoff);
      Optional<Provider> next =
          ConsistentReads.await(
              p -> Ownership.of(p).hasClaim(claim) || !isSame(p, first), providers, arn, context);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      seen = next.get();
    }
  }

  /** A Delete took our claim back while we were at work: this resource is not wanted any more. */
  private RequestFailedException overtaken() {
    return new RequestFailedException(
        "The claim of this resource on %s was taken back while it was at work: it was deleted at the same time."
            .formatted(arn));
  }

  private Optional<Provider> converge(
      Provider seen, DesiredState desired, Map<String, String> oldTags) {
    Difference difference = difference(seen, desired, oldTags);
    if (difference.isDestructive()) {
      return convergeAlone(seen, desired, oldTags);
    }
    logDecision(difference.isEmpty() ? "nothing differs" : "changing", difference.changes());
    Set<String> rest = expiredLeases(seen);
    boolean there = apply(difference.changes());
    if (there && !rest.isEmpty()) {
      there = providers.change(arn, new Change.RemoveTags(rest));
    }
    return there ? Optional.of(seen) : Optional.empty();
  }

  /**
   * Takes something away, under a mark: who claims the provider meanwhile waits, and finds out
   * after it what is missing.
   */
  private Optional<Provider> convergeAlone(
      Provider first, DesiredState desired, Map<String, String> oldTags) {
    Lease lease = Lease.fresh(context);
    if (!providers.change(arn, new Change.PutTags(Map.of(lease.key(), lease.value())))) {
      return Optional.empty();
    }
    Set<String> rest = expiredLeases(first);
    rest.add(lease.key());
    Optional<Provider> leased =
        ConsistentReads.await(
            p -> Ownership.of(p).hasLease(lease) || !isSame(p, first), providers, arn, context);
    if (leased.isEmpty()) {
      return Optional.empty();
    }
    Provider seen = leased.get();
    Set<String> others = Ownership.of(seen).activeLeases(context.now());
    others.remove(lease.nonce());
    if (!isSame(seen, first) || !Ownership.of(seen).hasLease(lease) || !others.isEmpty()) {
      providers.change(arn, new Change.RemoveTags(Set.of(lease.key())));
      return isSame(seen, first)
          ? settle(seen).flatMap(settled -> converge(settled, desired, oldTags))
          : Optional.empty();
    }
    boolean there;
    try {
      Difference difference = difference(seen, desired, oldTags);
      logDecision("changing", difference.changes());
      there = apply(difference.changes());
    } catch (RuntimeException e) {
      removeAfterFailure(lease, e);
      throw e;
    }
    return there && providers.change(arn, new Change.RemoveTags(rest))
        ? Optional.of(seen)
        : Optional.empty();
  }

  private void removeAfterFailure(Lease lease, RuntimeException failure) {
    try {
      providers.change(arn, new Change.RemoveTags(Set.of(lease.key())));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private boolean apply(List<Change> changes) {
    for (Change change : changes) {
      if (!providers.change(arn, change)) {
        return false;
      }
    }
    return true;
  }

  private Difference difference(Provider seen, DesiredState desired, Map<String, String> oldTags) {
    return Ownership.of(seen).isManaged() && Ownership.of(seen).otherClaimants(claim).isEmpty()
        ? Difference.ofExclusive(seen, desired, oldTags)
        : Difference.ofShared(seen, desired);
  }

  /** What the dead left behind, to be cleared away. */
  private Set<String> expiredLeases(Provider seen) {
    Set<String> keys = new HashSet<>();
    Ownership.of(seen)
        .expiredLeases(context.now())
        .forEach(nonce -> keys.add(ProviderTags.DELETING + nonce));
    return keys;
  }

  /** Refuses what can't be added, before anything is changed. */
  private void checkRoom(Provider seen, DesiredState desired) {
    int needed = 1 + Difference.missingTags(seen, desired).size();
    if (seen.freeTags() < needed) {
      throw new RequestFailedException(
          ("%s has %d tags and can hold %d; this resource needs %d more, of which one for its claim."
                  + " Remove tags from the provider or from this resource.")
              .formatted(arn, seen.tags().size(), ProviderTags.MAX_COUNT, needed));
    }
    int thumbprints = Difference.union(seen, desired).size();
    if (desired.thumbprints().isPresent() && thumbprints > Difference.MAX_THUMBPRINTS) {
      throw new RequestFailedException(
          ("%s with the thumbprints of ThumbprintList would have %d, and can hold %d. It is shared,"
                  + " so none is taken away; leave ThumbprintList out, IAM does not need it.")
              .formatted(arn, thumbprints, Difference.MAX_THUMBPRINTS));
    }
  }

  /** The tags of a new provider: the desired ones, the managed tag, and the claim. */
  private Map<String, String> tagsOfNew(DesiredState desired) {
    Map<String, String> all = ProviderTags.copyOf(desired.tags());
    all.put(ProviderTags.MANAGED, "true");
    all.put(ProviderTags.CLAIM + claim.id(), claim.owner());
    return all;
  }

  private String usedBy(Provider seen) {
    List<String> others = Ownership.of(seen).otherClaimants(claim);
    return others.isEmpty() ? "" : ", used by " + String.join(", ", others);
  }

  private void logDecision(String what, List<?> details) {
    context.logDecision(what, Map.of("provider", arn.toString(), "changes", details));
  }

  /**
   * Whether two looks saw the same provider, and not one that was made after the other was deleted.
   */
  private static boolean isSame(Provider one, Provider other) {
    return one.created().equals(other.created());
  }
}
