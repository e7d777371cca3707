package io.github.eksoidc.resourcetype;

import static io.github.eksoidc.properties.ResourceProperties.badValue;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.MisplacedValue.Endpoint;
import io.github.eksoidc.resourcetype.MisplacedValue.OfCluster;
import io.github.eksoidc.resourcetype.MisplacedValue.OfIssuer;
import io.github.eksoidc.resourcetype.MisplacedValue.OfProvider;
import io.github.eksoidc.resourcetype.MisplacedValue.OfRole;
import java.util.regex.Pattern;

/** The rules for names of EKS clusters. */
final class ClusterNames {

  /** EKS API Reference, CreateCluster. */
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z][A-Za-z0-9_-]{0,99}");

  private static final String RULE =
      "1 to 100 letters, digits, hyphens and underscores, the first a letter or digit";

  private ClusterNames() {}

  /**
   * Checks one name.
   *
   * @param property what the reason names
   * @throws RequestFailedException if EKS does not allow such a name
   */
  static String check(String property, String name) {
    if (!NAME.matcher(name).matches()) {
      throw badValue(
          property, name, MisplacedValue.of(name).map(ClusterNames::remedy).orElse(RULE));
    }
    return name;
  }

  private static String remedy(MisplacedValue value) {
    return switch (value) {
      case OfCluster cluster -> "\"%s\", the name in this ARN".formatted(cluster.name());
      case OfIssuer(EksIssuer issuer) -> "a cluster's name; " + asUrl(issuer);
      case OfProvider(_, EksIssuer issuer) -> "a cluster's name; " + asUrl(issuer);
      case Endpoint _ -> "the name of the cluster, not the URL of its API server";
      case OfRole _ -> RULE;
    };
  }

  private static String asUrl(EksIssuer issuer) {
    return "an issuer is given as Url, \"%s\"".formatted(issuer.classicUrl());
  }
}
