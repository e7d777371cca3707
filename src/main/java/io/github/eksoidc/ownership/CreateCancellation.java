package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
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
public final class CreateCancellation {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(20);

  /** After the claim was taken back: three of these outlast a call of AWS that is answered late. */
  private static final Duration QUIET_PAUSE = Duration.ofSeconds(10);

  private static final int QUIET_LOOKS = 3;

  /** What one look, and a release after it, usually take. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private final Providers providers;
  private final IssuerResolver issuers;
  private final Claim claim;
  private final RequestContext context;

  public CreateCancellation(
      Providers providers, IssuerResolver issuers, Claim claim, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = requireNonNull(issuers, "issuers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Releases what the Create claims, until it can't claim anything any more. */
  public void release(IssuerSource target) {
    Backoff backoff = new Backoff(context, FIRST_PAUSE, MAX_PAUSE);
    boolean found = false;
    int quiet = 0;
    while (true) {
      context.reportProgress("looking for what the Create that was cancelled has claimed");
      Seen seen = look(target);
      found |= seen == Seen.CLAIM;
      quiet = found && seen == Seen.NOTHING ? quiet + 1 : 0;
      if (quiet == QUIET_LOOKS) {
        return;
      }
      context.reportProgress("waiting for the end of the Create that was cancelled");
      if (!pause(found ? QUIET_PAUSE : backoff.next())) {
        context.logDecision("the Create that was cancelled can't be at work any more", Map.of());
        return;
      }
    }
  }

  /** Waits, but not so long that no look is possible any more; false if there is no time left. */
  private boolean pause(Duration wanted) {
    Duration left = context.remaining().minus(LAST_LOOK);
    if (!left.isPositive()) {
      return false;
    }
    context.sleep(left.compareTo(wanted) < 0 ? left : wanted);
    return true;
  }

  /** What a look showed of the Create. */
  private enum Seen {
    CLAIM,
    /** Somebody is taking something away: the Create may be waiting for that. */
    BUSY,
    NOTHING
  }

  private Seen look(IssuerSource target) {
    Seen all = Seen.NOTHING;
    for (ProviderArn arn : candidates(target)) {
      Optional<Provider> found = providers.find(arn);
      if (found.isPresent() && Ownership.of(found.get()).hasClaim(claim)) {
        new ClaimRelease(providers, arn, claim, context).release(found);
        all = Seen.CLAIM;
      } else if (found.isPresent()
          && all == Seen.NOTHING
          && !Ownership.of(found.get()).activeLeases(context.now()).isEmpty()) {
        all = Seen.BUSY;
      }
    }
    return all;
  }

  /** Where the claim can be: at the issuer that is meant, or, if that is not known, anywhere. */
  private List<ProviderArn> candidates(IssuerSource target) {
    Optional<Issuer> issuer = issuerIfKnown(target);
    if (issuer.isPresent()) {
      return List.of(ProviderArn.of(context.location(), issuer.get()));
    }
    if (!(target instanceof IssuerSource.OfCluster cluster)) {
      return List.of();
    }
    return providers.list().stream()
        .filter(arn -> arn.eksRegion().filter(cluster.region()::equals).isPresent())
        .toList();
  }

  private Optional<Issuer> issuerIfKnown(IssuerSource target) {
    try {
      return issuers.now(target);
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException e) {
      return Optional.empty();
    }
  }
}
