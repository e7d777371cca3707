package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.timing.Backoff;
import io.github.eksoidc.timing.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Releases the claims of a request that CloudFormation has canceled and that may still be running.
 *
 * <p>Nothing can stop that request. So this reads until its claim appears, releases it, and reads
 * on for a while: a request that received no response from IAM, or that waits for another request,
 * would store its claim once more. A request that shows no claim, because it died or failed by
 * itself, can't outlast this one: both have the same timeout, and it began earlier.
 */
final class Watch {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(20);

  private static final int QUIET_READS = 3;

  /**
   * After a release: so many of these outlast the lag of reads and a call after that, so that a
   * request that can't see its claim, and then no provider, has made one by then.
   */
  private static final Duration QUIET_PAUSE =
      Providers.MAX_LAG.plus(Lease.LATEST_CALL).dividedBy(QUIET_READS).plusSeconds(1);

  /** The usual time of one read and of a release after it. */
  private static final Duration LAST_READ = Duration.ofSeconds(2);

  private final Claims claims;
  private final Leftover leftover;
  private final RequestContext context;

  Watch(Claims claims, Leftover leftover, RequestContext context) {
    this.claims = requireNonNull(claims, "claims is null");
    this.leftover = requireNonNull(leftover, "leftover is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** What a read shows of the request; later constants count more. */
  private enum Trace {
    NOTHING,
    /** Another request holds a lease: the canceled one may be waiting for that. */
    LEASE,
    CLAIM,
    /** A claim that the canceled request has not stored. */
    LATER_CLAIM
  }

  void release(Supplier<List<ProviderArn>> candidates) {
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    Duration longestRead = Duration.ZERO;
    boolean found = false;
    int quiet = 0;
    while (true) {
      context.reportProgress("looking for a claim of the canceled request");
      Instant begin = context.now();
      Trace trace =
          candidates.get().stream().map(this::release).max(Trace::compareTo).orElse(Trace.NOTHING);
      longestRead = Durations.longer(longestRead, Duration.between(begin, context.now()));
      if (trace == Trace.LATER_CLAIM) {
        context.logDecision("a later request of this resource uses the provider", Map.of());
        return;
      }
      found |= trace == Trace.CLAIM;
      quiet = found && trace == Trace.NOTHING ? quiet + 1 : 0;
      if (quiet == QUIET_READS) {
        return;
      }
      context.reportProgress("waiting for the end of the canceled request");
      // A read of many providers takes longer than usual, and the next may take longer still.
      Duration left =
          context.remaining().minus(Durations.longer(LAST_READ, longestRead.multipliedBy(2)));
      if (!left.isPositive()) {
        context.logDecision("the canceled request can't be running any more", Map.of());
        return;
      }
      context.sleep(Durations.shorter(left, found ? QUIET_PAUSE : backoff.next()));
    }
  }

  private Trace release(ProviderArn arn) {
    Session session = claims.at(arn);
    Observation seen = session.look();
    if (seen.provider().filter(is -> leftover.isOn(is, claims.claimant(), arn)).isPresent()) {
      session.pursue(new Release(arn, claims.claimant(), leftover));
      return Trace.CLAIM;
    }
    if (leftover.isOfFirstRequest()
        && seen.provider().filter(is -> is.hasClaim(claims.claimant())).isPresent()) {
      return Trace.LATER_CLAIM;
    }
    return seen.othersLeases(context.now()).isEmpty() ? Trace.NOTHING : Trace.LEASE;
  }
}
