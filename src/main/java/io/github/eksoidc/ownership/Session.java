package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.timing.Backoff;
import io.github.eksoidc.timing.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One request at one provider: makes the moves that a {@link Goal} decides on.
 *
 * <p>Used by one thread, except for {@link #mayHaveClaimed}.
 */
public final class Session {

  /** What has to be left of the time for a request that gives up waiting. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  private final Providers providers;
  private final ProviderArn arn;
  private final Claimant claimant;
  private final RequestContext context;
  private volatile Observation seen;
  private Backoff backoff;
  private boolean pausesBeforeLook;

  Session(Providers providers, ProviderArn arn, Claimant claimant, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claimant = requireNonNull(claimant, "claimant is null");
    this.context = requireNonNull(context, "context is null");
    this.seen = Observation.ofNothing(claimant, context.requestId(), context.nonce());
    startBackoff();
  }

  /** Creates the provider or, if it exists, claims it, and brings it to the desired state. */
  public Provider claim(Wanted wanted, Origin origin) {
    // Without a read: if there is a provider, IAM will say so.
    seen = seen.foundNone();
    return hold(wanted, origin, true);
  }

  /**
   * Brings the resource's own provider to the desired state. If somebody deleted it, or created it
   * again, it belongs to the resource all the same.
   *
   * @param renews whether the claim has to name this request
   */
  public Provider update(Wanted wanted, boolean renews) {
    if (!seen.reads().isKnown()) {
      context.reportProgress("reading " + arn);
      look();
    }
    return hold(wanted.ofOwnProvider(), Origin.RENEWAL, renews);
  }

  private Provider hold(Wanted wanted, Origin origin, boolean renews) {
    return pursue(new Hold(arn, claimant, SentRequest.of(context), wanted, origin, renews))
        .orElseThrow();
  }

  /** The claims of the resource, as the first read of this session shows them. */
  public List<Claim> claims() {
    if (!seen.reads().isKnown()) {
      context.reportProgress("checking " + arn);
      look();
    }
    return seen.claims();
  }

  /** Those of other requests. */
  public List<Claim> earlierClaims() {
    return claims().stream().filter(SentRequest.of(context)::isOther).toList();
  }

  /**
   * Stores a claim of this request, if the resource has one, so that a canceled request sees it.
   */
  public void renewClaim() {
    pursue(new Renew(claimant, SentRequest.of(context)));
  }

  /**
   * Removes the claims of requests for the resource that were over when this one was sent. The
   * request has done its work before, so it does not fail if they stay: undoing its own claim could
   * leave none.
   */
  public void settle() {
    try {
      pursue(new Settle(claimant, SentRequest.of(context)));
    } catch (RequestFailedException e) {
      context.logDecision("earlier claims may be left", Map.of("provider", arn.toString()));
    }
  }

  /** Whether the provider may carry a claim that this request stored. Any thread may ask. */
  public boolean mayHaveClaimed() {
    return seen.ownClaim().stored() != OwnClaim.Stored.NO;
  }

  /** The same, by this delivery of the request and not only by another one. */
  public boolean mayHaveClaimedInThisDelivery() {
    return seen.ownClaim().mayBeByThisDelivery();
  }

  /** Undoes what this request did, which has failed. */
  public void undo(RuntimeException failure) {
    if (!mayHaveClaimed()) {
      return;
    }
    try {
      new Session(providers, arn, claimant, context)
          .pursue(new Release(arn, claimant, Leftover.of(context.requestId())));
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
    seen =
        seen.looking(at, Durations.shorter(Providers.MAX_LAG, context.remaining().minus(RESERVE)))
            .read(find(), at);
    pausesBeforeLook = true;
    return seen;
  }

  private Optional<Provider> find() {
    try {
      return providers.find(arn);
    } catch (AwsCallException e) {
      if (e.isDenied()) {
        seen = seen.readDenied();
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
        context.reportProgress(goal.activity(move) + " " + arn);
        boolean reached = false;
        switch (move) {
          case Move.Look _ -> lookAgain();
          case Move.Wait(Set<String> leases) -> waitFor(leases);
          case Move.Create create -> reached = create(create);
          case Move.Write(Change change) -> write(change);
          case Move.Delete _ -> delete();
          case Move.Finish finish -> reached = finish(finish);
        }
        if (reached) {
          return seen.provider().map(Ownership::provider);
        }
      }
    } catch (RuntimeException e) {
      removeLeaseAfter(e);
      throw e;
    }
  }

  private void lookAgain() {
    if (pausesBeforeLook) {
      Duration left = Duration.between(context.now(), seen.reads().from().orElse(Instant.MAX));
      context.sleep(Durations.shorter(backoff.next(), left.isPositive() ? left : MAX_PAUSE));
    }
    look();
  }

  private void waitFor(Set<String> leases) {
    try {
      context.sleep(backoff.next());
    } catch (DeadlineExceededException e) {
      Instant expiry = seen.provider().flatMap(is -> is.expiryOf(leases)).orElseThrow();
      throw new RequestFailedException(
          "Another request is removing something from %s and did not finish in time.".formatted(arn)
              + " Try again after %s.".formatted(expiry),
          e);
    }
    look();
  }

  private boolean create(Move.Create move) {
    Observation before = seen;
    seen = seen.creating();
    Providers.Creation creation;
    try {
      creation = providers.create(move.issuer(), move.desired(), move.tags());
    } catch (AwsCallException e) {
      noteFailure(e, before);
      throw e;
    }
    if (creation != Providers.Creation.DONE) {
      seen = seen.foundOne(creation, before);
      return false;
    }
    seen = seen.created(move, context.now());
    log("created", move.desired().audiences());
    return true;
  }

  private boolean finish(Move.Finish move) {
    if (!move.decision().isEmpty()) {
      log(move.decision(), move.changes());
    }
    for (Change change : move.changes()) {
      boolean isInTime =
          !change.removes()
              || !seen.ownLease().mayBeStored()
              || seen.ownLease().lease().coversCall(context.now());
      if (!isInTime || !write(change)) {
        return false;
      }
    }
    return true;
  }

  /** Makes a change; false if there is no provider. */
  private boolean write(Change change) {
    Observation before = seen;
    seen = seen.sending(change);
    boolean exists;
    try {
      exists = providers.change(arn, change) == Providers.Modification.DONE;
    } catch (AwsCallException e) {
      noteFailure(e, before);
      throw e;
    }
    seen = exists ? seen.wrote(change, context.now()) : seen.changedNothing(before).foundNone();
    startBackoff();
    return exists;
  }

  private void noteFailure(AwsCallException failure, Observation before) {
    if (failure.changedNothing()) {
      seen = seen.changedNothing(before);
    }
  }

  private void delete() {
    switch (providers.delete(arn)) {
      case DONE -> seen = seen.foundNone();
      // The lease still keeps others away.
      case REFUSED -> context.sleep(backoff.next());
      case UNKNOWN -> {
        // IAM may carry it out later: until then nobody may rely on the provider.
        seen = seen.deletionInDoubt(context.now());
        pausesBeforeLook = true;
      }
    }
  }

  private void startBackoff() {
    backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    pausesBeforeLook = false;
  }

  /** Removes the lease of a request that fails, so that nobody waits for it. */
  private void removeLeaseAfter(RuntimeException failure) {
    if (!seen.ownLease().removableKey().isEmpty()) {
      try {
        providers.change(arn, new Change.RemoveTags(seen.ownLease().removableKey()));
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void log(String decision, List<?> changes) {
    context.logDecision(decision, Map.of("provider", arn.toString(), "changes", changes));
  }
}
