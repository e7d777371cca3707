package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderProperties.OnExisting;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Run;
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
final class Claiming {

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final Run run;
  private boolean added;

  Claiming(Providers providers, ProviderArn arn, Claim claim, Run run) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.run = requireNonNull(run, "run is null");
  }

  /** Whether the claim may stand on a provider on which it did not stand before. */
  boolean added() {
    return added;
  }

  /**
   * Makes the provider or, if there is one, claims it as {@code onExisting} says.
   *
   * @return the provider as it was before the last changes
   */
  Provider createOrAdopt(Issuer issuer, Asked asked, OnExisting onExisting) {
    Pauses pauses = Look.pauses(run);
    while (true) {
      run.doing("creating " + arn);
      Map<String, String> tags = asked.tagsOfNew(claim);
      if (create(issuer, asked, tags)) {
        decided("created", asked.audiences());
        return new Provider(
            run.now(), asked.audiences(), asked.thumbprints().orElse(List.of()), Tags.copyOf(tags));
      }
      run.doing("adopting " + arn);
      Optional<Provider> settled =
          providers.find(arn).flatMap(seen -> adopt(seen, asked, onExisting));
      if (settled.isPresent()) {
        Optional<Provider> converged = converge(settled.get(), asked, Tags.none());
        if (converged.isPresent()) {
          return converged.get();
        }
      }
      // Somebody deleted it meanwhile, or the read came too early: make it, or look again.
      pauses.pause();
    }
  }

  private boolean create(Issuer issuer, Asked asked, Map<String, String> tags) {
    boolean before = added;
    // IAM may have acted also where no answer says so.
    added = true;
    boolean created = providers.create(issuer, asked, tags);
    added = created || before;
    return created;
  }

  /**
   * Brings a provider that this resource holds already to what is asked now.
   *
   * @param oldTags the tags that the template asked for before
   * @return empty if it is gone, or another stands in its place
   */
  Optional<Provider> keep(Provider seen, Asked asked, Map<String, String> oldTags) {
    run.doing("updating " + arn);
    return settle(seen).flatMap(settled -> converge(settled, asked, oldTags));
  }

  /** Puts the claim on a provider; empty if it is not there any more. */
  private Optional<Provider> adopt(Provider seen, Asked asked, OnExisting onExisting) {
    if (seen.hasClaim(claim)) {
      // This very request came before, or its answer was lost.
      return settle(seen);
    }
    Set<String> live = seen.liveMarks(run.now());
    if (onExisting == OnExisting.FAIL) {
      if (live.isEmpty()) {
        throw new Refusal(
            "%s exists already%s, and OnExisting is Fail. Set it to Adopt to use it together."
                .formatted(arn, usedBy(seen)));
      }
      Look.pauseFor(live, seen, arn, Look.pauses(run));
      return Optional.empty();
    }
    checkRoom(seen, asked);
    added = true;
    Map<String, String> claimTag = Map.of(Tags.CLAIM + claim.id(), claim.owner());
    if (!providers.change(arn, new Change.PutTags(claimTag))) {
      return Optional.empty();
    }
    return Look.until(p -> p.hasClaim(claim) || !isSame(p, seen), providers, arn, run)
        .filter(p -> isSame(p, seen))
        .flatMap(this::settle);
  }

  /** Waits until nobody is taking anything away; empty if the provider goes with it. */
  private Optional<Provider> settle(Provider first) {
    Pauses pauses = Look.pauses(run);
    Provider seen = first;
    while (true) {
      if (!isSame(seen, first)) {
        return Optional.empty();
      }
      if (!seen.hasClaim(claim)) {
        throw overtaken();
      }
      Set<String> live = seen.liveMarks(run.now());
      if (live.isEmpty()) {
        return Optional.of(seen);
      }
      Look.pauseFor(live, seen, arn, pauses);
      Optional<Provider> next =
          Look.until(p -> p.hasClaim(claim) || !isSame(p, first), providers, arn, run);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      seen = next.get();
    }
  }

  /** A Delete took our claim back while we were at work: this resource is not wanted any more. */
  private Refusal overtaken() {
    return new Refusal(
        "The claim of this resource on %s was taken back while it was at work: it was deleted at the same time."
            .formatted(arn));
  }

  private Optional<Provider> converge(Provider seen, Asked asked, Map<String, String> oldTags) {
    Difference difference = difference(seen, asked, oldTags);
    if (difference.takesAway()) {
      return convergeAlone(seen, asked, oldTags);
    }
    decided(difference.isEmpty() ? "nothing differs" : "changing", difference.changes());
    Set<String> rest = deadMarks(seen);
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
      Provider first, Asked asked, Map<String, String> oldTags) {
    Mark mark = Mark.fresh(run);
    if (!providers.change(arn, new Change.PutTags(Map.of(mark.key(), mark.value())))) {
      return Optional.empty();
    }
    Set<String> rest = deadMarks(first);
    rest.add(mark.key());
    Optional<Provider> marked =
        Look.until(p -> p.hasMark(mark) || !isSame(p, first), providers, arn, run);
    if (marked.isEmpty()) {
      return Optional.empty();
    }
    Provider seen = marked.get();
    Set<String> others = seen.liveMarks(run.now());
    others.remove(mark.nonce());
    if (!isSame(seen, first) || !seen.hasMark(mark) || !others.isEmpty()) {
      providers.change(arn, new Change.RemoveTags(Set.of(mark.key())));
      return isSame(seen, first)
          ? settle(seen).flatMap(settled -> converge(settled, asked, oldTags))
          : Optional.empty();
    }
    boolean there;
    try {
      Difference difference = difference(seen, asked, oldTags);
      decided("changing", difference.changes());
      there = apply(difference.changes());
    } catch (RuntimeException e) {
      removeAfterFailure(mark, e);
      throw e;
    }
    return there && providers.change(arn, new Change.RemoveTags(rest))
        ? Optional.of(seen)
        : Optional.empty();
  }

  private void removeAfterFailure(Mark mark, RuntimeException failure) {
    try {
      providers.change(arn, new Change.RemoveTags(Set.of(mark.key())));
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

  private Difference difference(Provider seen, Asked asked, Map<String, String> oldTags) {
    return seen.isManaged() && seen.othersThan(claim).isEmpty()
        ? Difference.ofOwn(seen, asked, oldTags)
        : Difference.ofShared(seen, asked);
  }

  /** What the dead left behind, to be cleared away. */
  private Set<String> deadMarks(Provider seen) {
    Set<String> keys = new HashSet<>();
    seen.deadMarks(run.now()).forEach(nonce -> keys.add(Tags.DELETING + nonce));
    return keys;
  }

  /** Refuses what can't be added, before anything is changed. */
  private void checkRoom(Provider seen, Asked asked) {
    int needed = 1 + Difference.missingTags(seen, asked).size();
    if (seen.room() < needed) {
      throw new Refusal(
          ("%s has %d tags and can hold %d; this resource needs %d more, of which one for its claim."
                  + " Remove tags from the provider or from this resource.")
              .formatted(arn, seen.tags().size(), Tags.MOST, needed));
    }
    int thumbprints = Difference.union(seen, asked).size();
    if (asked.thumbprints().isPresent() && thumbprints > Difference.MOST_THUMBPRINTS) {
      throw new Refusal(
          ("%s with the thumbprints of ThumbprintList would have %d, and can hold %d. It is shared,"
                  + " so none is taken away; leave ThumbprintList out, IAM does not need it.")
              .formatted(arn, thumbprints, Difference.MOST_THUMBPRINTS));
    }
  }

  private String usedBy(Provider seen) {
    List<String> others = seen.othersThan(claim);
    return others.isEmpty() ? "" : ", used by " + String.join(", ", others);
  }

  private void decided(String what, List<?> details) {
    run.decided(what, Map.of("provider", arn.toString(), "changes", details));
  }

  /**
   * Whether two looks saw the same provider, and not one that was made after the other was deleted.
   */
  private static boolean isSame(Provider one, Provider other) {
    return one.created().equals(other.created());
  }
}
