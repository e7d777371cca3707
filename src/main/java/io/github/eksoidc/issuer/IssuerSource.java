package io.github.eksoidc.issuer;

/** Where a template says the issuer comes from. */
public sealed interface IssuerSource {

  /** The issuer of a cluster that this account can describe. */
  record OfCluster(String name, String region) implements IssuerSource {}

  /** The issuer itself. */
  record OfUrl(Issuer issuer) implements IssuerSource {}
}
