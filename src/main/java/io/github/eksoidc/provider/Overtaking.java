package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderProperties.Target;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Run;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Delete that overtakes its Create: CloudFormation cancels a Create that still runs by sending a
 * Delete with an id that it made up.
 *
 * <p>The Create can't be told to stop, so this looks until the Create's claim turns up, takes it
 * back, and goes on looking for a while: a Create that lost IAM's answer, or that waits for another
 * request, would put its claim there once more. A Create that shows nothing of itself (it died, or
 * failed by itself) can't outlive this Delete: both have the same timeout, and it began earlier.
 */
final class Overtaking {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  /** After the claim was taken back: three of these outlast a call of AWS that is answered late. */
  private static final Duration QUIET_PAUSE = Duration.ofSeconds(10);

  private static final int QUIET_LOOKS = 3;

  /** What one look, and a release after it, usually take. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private final Providers providers;
  private final IssuerLookup issuers;
  private final Claim claim;
  private final Run run;

  Overtaking(Providers providers, IssuerLookup issuers, Claim claim, Run run) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = requireNonNull(issuers, "issuers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.run = requireNonNull(run, "run is null");
  }

  /** Releases what the Create claims, until it can't claim anything any more. */
  void release(Target target) {
    Pauses pauses = new Pauses(run, FIRST_PAUSE, LONGEST_PAUSE);
    boolean found = false;
    int quiet = 0;
    while (true) {
      run.doing("looking for what the Create that was cancelled has claimed");
      Seen seen = look(target);
      found |= seen == Seen.CLAIM;
      quiet = found && seen == Seen.NOTHING ? quiet + 1 : 0;
      if (quiet == QUIET_LOOKS) {
        return;
      }
      run.doing("waiting for the end of the Create that was cancelled");
      if (!pause(found ? QUIET_PAUSE : pauses.next())) {
        run.decided("the Create that was cancelled can't be at work any more", Map.of());
        return;
      }
    }
  }

  /** Waits, but not so long that no look is possible any more; false if there is no time left. */
  private boolean pause(Duration wanted) {
    Duration left = run.remaining().minus(LAST_LOOK);
    if (!left.isPositive()) {
      return false;
    }
    run.pause(left.compareTo(wanted) < 0 ? left : wanted);
    return true;
  }

  /** What a look showed of the Create. */
  private enum Seen {
    CLAIM,
    /** Somebody is taking something away: the Create may be waiting for that. */
    BUSY,
    NOTHING
  }

  private Seen look(Target target) {
    Seen all = Seen.NOTHING;
    for (ProviderArn arn : candidates(target)) {
      Optional<Provider> found = providers.find(arn);
      if (found.isPresent() && found.get().hasClaim(claim)) {
        new Releasing(providers, arn, claim, run).release(found);
        all = Seen.CLAIM;
      } else if (found.isPresent()
          && all == Seen.NOTHING
          && !found.get().liveMarks(run.now()).isEmpty()) {
        all = Seen.BUSY;
      }
    }
    return all;
  }

  /** Where the claim can be: at the issuer that is meant, or, if that is not known, anywhere. */
  private List<ProviderArn> candidates(Target target) {
    Optional<Issuer> issuer = issuerIfKnown(target);
    if (issuer.isPresent()) {
      return List.of(ProviderArn.of(run.home(), issuer.get()));
    }
    if (!(target instanceof Target.OfCluster cluster)) {
      return List.of();
    }
    return providers.list().stream()
        .filter(arn -> arn.eksRegion().filter(cluster.region()::equals).isPresent())
        .toList();
  }

  private Optional<Issuer> issuerIfKnown(Target target) {
    try {
      return issuers.now(target);
    } catch (OutOfTime e) {
      throw e;
    } catch (Refusal e) {
      return Optional.empty();
    }
  }
}
