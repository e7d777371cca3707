package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The source of the issuer that a template names. */
public sealed interface IssuerSource {

  /** {@code <Region>/<name>} of the cluster; empty if the template gives the issuer itself. */
  Optional<String> clusterId();

  /** The issuer of a cluster that this account can describe. */
  record OfCluster(String name, String region) implements IssuerSource {

    public OfCluster {
      requireNonNull(name, "name is null");
      requireNonNull(region, "region is null");
    }

    @Override
    public Optional<String> clusterId() {
      return Optional.of(region + "/" + name);
    }
  }

  /** The issuer itself. */
  record OfUrl(Issuer issuer) implements IssuerSource {

    public OfUrl {
      requireNonNull(issuer, "issuer is null");
    }

    @Override
    public Optional<String> clusterId() {
      return Optional.empty();
    }
  }
}
