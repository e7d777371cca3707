package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.util.List;
import java.util.Optional;

/** Finds the provider that an issuer source leads to, as far as that is known now. */
public final class ProviderLookup {

  private final Providers providers;
  private final IssuerResolver issuers;
  private final RequestContext context;

  public ProviderLookup(Providers providers, IssuerResolver issuers, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = requireNonNull(issuers, "issuers is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Returns the provider of a source's issuer; empty if {@link IssuerResolver#current} is. */
  public Optional<ProviderArn> provider(IssuerSource source) {
    return issuers.current(source).map(issuer -> ProviderArn.of(context.location(), issuer));
  }

  /**
   * Returns where a request for a source may have stored a claim: the provider of its issuer or, if
   * the issuer is not known, each provider of the cluster's Region.
   */
  public List<ProviderArn> candidates(IssuerSource source) {
    return provider(source)
        .map(List::of)
        .orElseGet(
            () ->
                switch (source) {
                  case IssuerSource.OfUrl _ -> List.of();
                  case IssuerSource.OfCluster cluster -> providers.list(cluster.region());
                });
  }
}
