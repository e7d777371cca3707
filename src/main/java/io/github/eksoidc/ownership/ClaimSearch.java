package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.util.Optional;

/** Finds the provider of a cluster that does not exist any more by the claim of a resource. */
public final class ClaimSearch {

  private final Providers providers;
  private final Claim claim;
  private final RequestContext context;

  public ClaimSearch(Providers providers, Claim claim, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
  }

  /**
   * Finds the provider that this resource claims for a cluster.
   *
   * @param cluster {@code <Region>/<name>}
   * @param current the provider that the resource has now, which is looked at first
   * @return empty if the resource claims no provider for this cluster
   */
  public Optional<ProviderArn> find(String cluster, String region, Optional<ProviderArn> current) {
    context.reportProgress("looking for the provider of the cluster " + cluster);
    if (current.filter(arn -> isClaimedFor(cluster, claimed(arn))).isPresent()) {
      return current;
    }
    return providers.list(region).stream()
        .filter(arn -> !arn.equals(current.orElse(null)))
        .filter(arn -> isClaimedFor(cluster, providers.find(arn)))
        .findFirst();
  }

  /** The resource certainly claims its current provider, so a read that does not show it lags. */
  private Optional<Provider> claimed(ProviderArn arn) {
    return new ConsistentReads(providers, arn, context)
        .readUntilIfTimeAllows(provider -> Ownership.of(provider).hasClaim(claim));
  }

  private boolean isClaimedFor(String cluster, Optional<Provider> provider) {
    return provider
        .flatMap(p -> Ownership.of(p).claimOf(claim))
        .filter(record -> record.isFor(Optional.of(cluster)))
        .isPresent();
  }
}
