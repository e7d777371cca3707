package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.provider.Providers.Modification;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.timing.Backoff;
import io.github.eksoidc.timing.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One request at one provider: makes the moves that a {@link Goal} decides on. */
public final class Session {

  /** What has to be left of the time for a request that gives up waiting. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final RequestContext context;
  private final Consumer<Boolean> mayCarryClaim;
  private final Observation seen;
  private Backoff backoff;
  private boolean pausesBeforeLook;
  private boolean mayHaveClaimed;
  private boolean claimStored;
  private boolean metExisting;

  /**
   * @param mayCarryClaim is told, before a call that may store the claim and after one that
   *     certainly did not, whether the provider may carry a claim that this request stored
   */
  Session(
      Providers providers,
      ProviderArn arn,
      Claim claim,
      RequestContext context,
      Consumer<Boolean> mayCarryClaim) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
    this.mayCarryClaim = requireNonNull(mayCarryClaim, "mayCarryClaim is null");
    this.seen = new Observation(claim, context.requestId(), context.nonce());
    startBackoff();
  }

  /** Creates the provider or, if it exists, claims it, and brings it to the desired state. */
  public Provider claim(Wanted wanted, Origin origin) {
    // Without a read: if there is a provider, IAM will say so.
    seen.foundNone();
    return hold(wanted, origin, true);
  }

  /**
   * Brings the resource's own provider to the desired state. If somebody deleted it, or created it
   * again, it belongs to the resource all the same.
   *
   * @param renews whether the claim has to name this request
   */
  public Provider update(Wanted wanted, boolean renews) {
    context.reportProgress("reading " + arn);
    look();
    return hold(wanted.ofOwnProvider(), Origin.RENEWAL, renews);
  }

  /** Removes the claims of requests for the resource that were over when this one was sent. */
  public void removeEarlierClaims() {
    Set<String> earlier = new HashSet<>();
    if (seen.ownClaim().isPresent()) {
      seen.provider()
          .orElseThrow()
          .claimsOf(claim)
          .forEach(
              (key, record) -> {
                if (!record.at().isAfter(context.startedAt())) {
                  earlier.add(key);
                }
              });
      earlier.remove(claim.key(context.requestId()));
    }
    if (!earlier.isEmpty()) {
      send(new Change.RemoveTags(earlier));
    }
  }

  private Provider hold(Wanted wanted, Origin origin, boolean renews) {
    return pursue(new Hold(arn, claim, context.requestId(), wanted, origin, renews)).orElseThrow();
  }

  /** Undoes what this request did, which has failed. */
  public void undo(RuntimeException failure) {
    if (!mayHaveClaimed) {
      return;
    }
    try {
      new Session(providers, arn, claim, context, _ -> {})
          .pursue(new Release(claim, Leftover.of(context.requestId())));
    } catch (RuntimeException e) {
      context.logDecision("the claim could not be removed", Map.of("provider", arn.toString()));
      failure.addSuppressed(e);
    }
  }

  /** Reads once. */
  Observation look() {
    Instant at = context.now();
    // Before its first write, a request risks nothing by a read that lags but to miss a claim. So
    // it does not wait for longer than its time allows.
    seen.beginLooking(at, Durations.shorter(Providers.MAX_LAG, context.remaining().minus(RESERVE)));
    seen.read(find(), at);
    pausesBeforeLook = true;
    if (!claimStored) {
      setMayHaveClaimed(seen.ownClaim().isPresent());
    }
    return seen;
  }

  private Optional<Provider> find() {
    try {
      return providers.find(arn);
    } catch (AwsCallException e) {
      if (metExisting && e.isDenied()) {
        // Nothing is stored before the first read, and whoever undoes it may not read either.
        setMayHaveClaimed(claimStored);
      }
      throw e;
    }
  }

  /**
   * Makes one move after the other until the goal is reached.
   *
   * @return the provider as it is then; empty if it does not exist
   */
  Optional<Provider> pursue(Goal goal) {
    try {
      while (true) {
        Move move = goal.next(seen, context.now());
        context.reportProgress(activity(move, goal) + " " + arn);
        switch (move) {
          case Move.Look _ -> lookAgain();
          case Move.Wait(Set<String> leases) -> waitFor(leases);
          case Move.Create create -> {
            if (create(create)) {
              return seen.provider().map(Ownership::provider);
            }
          }
          case Move.Take(Lease lease) -> take(lease);
          case Move.Write(Change change) -> write(change);
          case Move.Delete _ -> delete();
          case Move.Finish(String decision, List<Change> changes) -> {
            log(decision, changes);
            if (changes.stream().allMatch(this::write)) {
              return seen.provider().map(Ownership::provider);
            }
          }
        }
      }
    } catch (RuntimeException e) {
      removeLeaseAfter(e);
      throw e;
    }
  }

  private static String activity(Move move, Goal goal) {
    return switch (move) {
      case Move.Create _ -> "creating";
      case Move.Delete _ -> "deleting";
      default -> goal.activity();
    };
  }

  private void lookAgain() {
    if (pausesBeforeLook) {
      Duration left = Duration.between(context.now(), seen.certainAt().orElse(Instant.MAX));
      context.sleep(Durations.shorter(backoff.next(), left.isPositive() ? left : MAX_PAUSE));
    }
    look();
  }

  private void waitFor(Set<String> leases) {
    try {
      context.sleep(backoff.next());
    } catch (DeadlineExceededException e) {
      throw new RequestFailedException(
          "Another request is removing something from %s and did not finish in time. %s"
              .formatted(
                  arn,
                  seen.provider()
                      .flatMap(p -> p.expiryOf(leases))
                      .map(at -> "Try again after %s.".formatted(at))
                      .orElse(
                          "If there is no such request, remove the tag %s%s and try again."
                              .formatted(OwnershipTags.LEASE, leases.iterator().next()))),
          e);
    }
    look();
  }

  private boolean create(Move.Create move) {
    Creation creation =
        storingClaim(() -> providers.create(move.issuer(), move.desired(), move.tags()));
    metExisting = creation == Creation.EXISTED;
    if (creation == Creation.DONE) {
      seen.created(
          new Provider(
              context.now(),
              move.desired().audiences(),
              move.desired().thumbprints().orElse(List.of()),
              ProviderTags.copyOf(move.tags())));
      log("created", move.desired().audiences());
      return true;
    }
    seen.foundOne();
    return false;
  }

  private boolean write(Change change) {
    if (!(change instanceof Change.PutTags(var tags))
        || tags.keySet().stream().noneMatch(claim::isKey)) {
      return send(change);
    }
    boolean before = mayHaveClaimed;
    boolean stored = storingClaim(() -> send(change));
    claimStored |= stored;
    setMayHaveClaimed(stored || before);
    return stored;
  }

  private <T> T storingClaim(Supplier<T> call) {
    boolean before = mayHaveClaimed;
    setMayHaveClaimed(true);
    try {
      return call.get();
    } catch (AwsCallException e) {
      setMayHaveClaimed(before || !e.changedNothing());
      throw e;
    }
  }

  private void setMayHaveClaimed(boolean possible) {
    if (possible != mayHaveClaimed) {
      mayHaveClaimed = possible;
      mayCarryClaim.accept(possible);
    }
  }

  private void take(Lease lease) {
    seen.writing(lease);
    send(lease.put());
  }

  /** Makes a change; false if there is no provider. */
  private boolean send(Change change) {
    boolean exists = providers.change(arn, change) == Modification.DONE;
    if (exists) {
      seen.wrote(change, context.now());
    } else {
      seen.foundNone();
    }
    startBackoff();
    return exists;
  }

  private void delete() {
    if (providers.delete(arn) == Deletion.DONE) {
      seen.foundNone();
    } else {
      // IAM may carry it out later: until then nobody may rely on the provider.
      seen.deletionInDoubt(context.now());
      pausesBeforeLook = true;
    }
  }

  private void startBackoff() {
    backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    pausesBeforeLook = false;
  }

  /** Removes the lease of a request that fails, so that nobody waits for it. */
  private void removeLeaseAfter(RuntimeException failure) {
    if (!seen.removableLease().isEmpty()) {
      try {
        providers.change(arn, new Change.RemoveTags(seen.removableLease()));
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void log(String decision, List<?> changes) {
    context.logDecision(decision, Map.of("provider", arn.toString(), "changes", changes));
  }
}
