package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the providers that a request may act on: those of EKS issuers, in the function's account.
 */
final class ProviderLocator {

  private final Providers providers;
  private final IssuerResolver issuers;
  private final Claims claims;
  private final RequestContext context;

  ProviderLocator(
      Providers providers, IssuerResolver issuers, Claims claims, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = requireNonNull(issuers, "issuers is null");
    this.claims = requireNonNull(claims, "claims is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** The provider of an issuer. */
  ProviderArn of(Issuer issuer) {
    return ProviderArn.of(context.location(), issuer);
  }

  /**
   * The provider that an ARN names; empty if it is not one of an EKS issuer of this account and
   * partition. Anybody who invokes the function chooses the ARN.
   */
  Optional<ProviderArn> ofThisAccount(String arn) {
    return ProviderArn.parse(arn)
        .filter(
            provider ->
                provider
                    .eksIssuer(context.location())
                    .filter(issuer -> !issuer.isDualStack())
                    .isPresent());
  }

  /** The provider that a source leads to now; empty if {@link IssuerResolver#current} is. */
  Optional<ProviderArn> current(IssuerSource source) {
    return issuers.current(source).map(this::of);
  }

  /** The providers for clusters of the Region of a source; none if the source is an issuer. */
  List<ProviderArn> inRegionOf(IssuerSource source) {
    return switch (source) {
      case IssuerSource.OfUrl _ -> List.of();
      case IssuerSource.OfCluster cluster -> providers.list(cluster.region());
    };
  }

  /**
   * Where a request for a source may have stored a claim: the provider that the source leads to or,
   * if that is not known, each provider of the cluster's Region.
   */
  List<ProviderArn> candidates(IssuerSource source) {
    return current(source).map(List::of).orElseGet(() -> inRegionOf(source));
  }

  /**
   * The provider that the resource claims for a cluster that does not exist any more; of several,
   * the one of the latest request.
   *
   * @param current the resource's own provider, which is looked at first
   */
  Optional<ProviderArn> claimedFor(IssuerSource source, Optional<ProviderArn> current) {
    String cluster = source.clusterId().orElseThrow();
    context.reportProgress("looking for the provider of the cluster " + cluster);
    if (current.filter(arn -> claims.isHeldFor(cluster, arn)).isPresent()) {
      return current;
    }
    record Claimed(ProviderArn arn, Claim claim) {}
    return inRegionOf(source).stream()
        .filter(arn -> !current.equals(Optional.of(arn)))
        .flatMap(arn -> claims.at(arn).claims().stream().map(claim -> new Claimed(arn, claim)))
        .filter(claimed -> claimed.claim().isFor(Optional.of(cluster)))
        .max(Comparator.comparing(Claimed::claim, Claim.BY_SENT_AT))
        .map(Claimed::arn);
  }

  /**
   * The provider that an earlier delivery of this request has claimed for a source, as far as that
   * can be found out: it is no reason for another failure.
   */
  Optional<ProviderArn> claimedByEarlierDelivery(IssuerSource source) {
    try {
      context.reportProgress("looking for a claim of an earlier delivery");
      return inRegionOf(source).stream().filter(claims::isHeldByRequest).findFirst();
    } catch (RequestFailedException e) {
      context.logDecision(
          "a claim of an earlier delivery may be left",
          Map.of("error", e.getClass().getSimpleName()));
      return Optional.empty();
    }
  }
}
