package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderProperties.Target;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Delete that overtakes its Create: CloudFormation cancels a Create that still runs by sending a
 * Delete with an id that it made up.
 *
 * <p>The Create can't be told to stop, so this looks until the Create has come to its end: its
 * claim is found without the sign that it is still at work, or that sign goes away. A Create that
 * shows nothing of itself (it died, or failed by itself) can't outlive this Delete: both have the
 * same timeout, and it began earlier.
 */
final class Overtaking {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final Providers providers;
  private final IssuerLookup issuers;
  private final Claim claim;
  private final Run run;
  private final Map<ProviderArn, Instant> stillCreating = new HashMap<>();

  Overtaking(Providers providers, IssuerLookup issuers, Claim claim, Run run) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = requireNonNull(issuers, "issuers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.run = requireNonNull(run, "run is null");
  }

  /** Releases what the Create claims, until it can't claim anything any more. */
  void release(Target target) {
    Pauses pauses = new Pauses(run, FIRST_PAUSE, LONGEST_PAUSE);
    try {
      while (!releaseWhatIsThere(target)) {
        run.doing("waiting for the end of the Create that was cancelled");
        pauses.pause();
      }
    } catch (OutOfTime e) {
      run.decided("the Create that was cancelled left nothing", Map.of());
    }
  }

  /** Looks once; whether the Create has come to its end. */
  private boolean releaseWhatIsThere(Target target) {
    boolean ended = false;
    for (ProviderArn arn : candidates(target)) {
      Optional<Provider> seen = providers.find(arn);
      if (seen.isPresent()) {
        ended |= release(arn, seen.get());
      }
    }
    return ended;
  }

  private boolean release(ProviderArn arn, Provider seen) {
    boolean creating = seen.isCreating(claim);
    if (seen.hasClaim(claim)) {
      new Releasing(providers, arn, claim, run).release(Optional.of(seen), creating);
      if (creating) {
        stillCreating.put(arn, seen.created());
      }
      return !creating;
    }
    // The Create saw that its claim was taken back, and said so by taking its sign away.
    return !creating && seen.created().equals(stillCreating.get(arn));
  }

  /** Where the claim can be: at the issuer that is meant, or, if that is not known, anywhere. */
  private List<ProviderArn> candidates(Target target) {
    Optional<Issuer> issuer = issuers.now(target);
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
}
