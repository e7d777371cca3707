package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.Durations;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Releases the claims of a request that CloudFormation has canceled and that may still be running.
 *
 * <p>Nothing can stop that request. So this reads until its claim appears, releases it, and reads
 * on for a while: a request that received no response from IAM, or that waits for another request,
 * would store its claim once more. A request that shows no claim, because it died or failed by
 * itself, can't outlast this one: both have the same timeout, and it began earlier.
 */
public final class RequestCancellation {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(20);

  /** After a release: three of these outlast a repeated AWS call and the lag of reads. */
  private static final Duration QUIET_PAUSE = Duration.ofSeconds(15);

  private static final int QUIET_READS = 3;

  /** The usual time of one read and of a release after it. */
  private static final Duration LAST_READ = Duration.ofSeconds(2);

  private final Providers providers;
  private final Claim claim;
  private final RequestContext context;
  private final ReleaseScope scope;

  /** The claim of the canceled request that was released last. */
  private Optional<ClaimRecord> released = Optional.empty();

  private Duration longestRead = Duration.ZERO;

  private RequestCancellation(
      Providers providers, Claim claim, RequestContext context, ReleaseScope scope) {
    this.providers = requireNonNull(providers, "providers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
    this.scope = requireNonNull(scope, "scope is null");
  }

  /**
   * For a Delete that arrives while its Create is running: CloudFormation cancels a Create that has
   * not responded by sending a Delete with an id that it generates.
   */
  public static RequestCancellation ofCreate(
      Providers providers, Claim claim, RequestContext context) {
    return new RequestCancellation(
        providers, claim, context, new ReleaseScope.ClaimOfRunningCreate(context.startedAt()));
  }

  /**
   * For a rollback that can't come back to the old provider, so that nothing there can tell the
   * Update that it is canceled.
   *
   * @param cluster of the Update, if its template names one
   */
  public static RequestCancellation ofUpdate(
      Providers providers, Claim claim, Optional<String> cluster, RequestContext context) {
    return new RequestCancellation(
        providers, claim, context, new ReleaseScope.ClaimForCluster(cluster));
  }

  /**
   * Releases what the request claims, until it can't claim anything any more.
   *
   * @param candidates finds the providers that the request may claim, as far as known at that
   *     moment
   */
  public void release(Supplier<List<ProviderArn>> candidates) {
    Backoff backoff = new Backoff(context, FIRST_PAUSE, MAX_PAUSE);
    boolean found = false;
    int quiet = 0;
    while (true) {
      context.reportProgress("looking for a claim of the canceled request");
      Instant begin = context.now();
      Seen seen = releaseFrom(candidates.get());
      longestRead = Durations.longer(longestRead, Duration.between(begin, context.now()));
      if (seen == Seen.LATER_CLAIM) {
        context.logDecision("a later request of this resource uses the provider", Map.of());
        return;
      }
      found |= seen == Seen.CLAIM;
      quiet = found && seen == Seen.NOTHING ? quiet + 1 : 0;
      if (quiet == QUIET_READS) {
        return;
      }
      context.reportProgress("waiting for the end of the canceled request");
      if (!pause(found ? QUIET_PAUSE : backoff.next())) {
        context.logDecision("the canceled request can't be running any more", Map.of());
        return;
      }
    }
  }

  /** Waits, but leaves time for one more read; false if there is none left. */
  private boolean pause(Duration wanted) {
    // A read of many providers takes longer than usual, and the next may take longer still.
    Duration left =
        context.remaining().minus(Durations.longer(LAST_READ, longestRead.multipliedBy(2)));
    if (!left.isPositive()) {
      return false;
    }
    context.sleep(Durations.shorter(left, wanted));
    return true;
  }

  /** What a read shows of the request; later constants count more. */
  private enum Seen {
    NOTHING,
    /** Another request holds a lease: the canceled one may be waiting for that. */
    LEASE,
    CLAIM,
    /** A claim that the canceled request has not stored. */
    LATER_CLAIM
  }

  private Seen releaseFrom(List<ProviderArn> candidates) {
    Seen all = Seen.NOTHING;
    for (ProviderArn arn : candidates) {
      Seen seen = releaseFrom(arn);
      all = seen.compareTo(all) > 0 ? seen : all;
    }
    return all;
  }

  private Seen releaseFrom(ProviderArn arn) {
    Optional<Provider> found = providers.find(arn);
    if (found.isEmpty()) {
      return Seen.NOTHING;
    }
    Ownership ownership = Ownership.of(found.get());
    Optional<ClaimRecord> record = ownership.claimOf(claim);
    if (record.filter(scope::includes).isPresent()) {
      released = record;
      new ClaimRelease(providers, arn, claim, scope, context).release(found);
      return Seen.CLAIM;
    }
    if (ownership.isAbandoned()
        && released.filter(r -> ownership.isTakenOverBy(r.requestId())).isPresent()) {
      // The request has taken the provider over after its claim was released.
      ClaimRecord request = released.get();
      var undo =
          new ReleaseScope.ClaimOfRequest(request.requestId(), request.at(), Optional.empty());
      new ClaimRelease(providers, arn, claim, undo, context).release(found);
      return Seen.CLAIM;
    }
    if (record.filter(scope::isSupersededBy).isPresent()) {
      return Seen.LATER_CLAIM;
    }
    return ownership.activeLeases(context.now()).isEmpty() ? Seen.NOTHING : Seen.LEASE;
  }
}
