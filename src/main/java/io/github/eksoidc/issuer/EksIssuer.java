package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The issuer of an EKS cluster, taken apart.
 *
 * @param partition of the cluster's Region
 * @param region of the cluster
 * @param id as in {@code /id/<id>}
 * @param isDualStack whether it has the form of the dual-stack endpoint, which no token carries
 */
public record EksIssuer(Partition partition, String region, String id, boolean isDualStack) {

  private static final Pattern NAME =
      Pattern.compile(
          "((oidc\\.eks|oidc-eks)\\.([a-z0-9-]+)\\.[a-z0-9.-]+)/id/([0-9A-Za-z]{1,64})");

  /** How many digits EKS gives the id of a cluster. */
  static final int ID_LENGTH = 32;

  private static final Pattern ID = Pattern.compile("[0-9A-F]{32}");

  public EksIssuer {
    requireNonNull(partition, "partition is null");
    requireNonNull(region, "region is null");
    requireNonNull(id, "id is null");
  }

  /** Parses host and path of an issuer; empty if it is not the issuer of an EKS cluster. */
  public static Optional<EksIssuer> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1);
    String region = matcher.group(3);
    boolean isDualStack = matcher.group(2).equals("oidc-eks");
    return Partition.ofRegion(region)
        .filter(
            partition ->
                host.equals(
                    isDualStack
                        ? partition.dualStackIssuerHost(region)
                        : partition.issuerHost(region)))
        .map(partition -> new EksIssuer(partition, region, matcher.group(4), isDualStack));
  }

  /** The same issuer with another id. */
  EksIssuer withId(String other) {
    return new EksIssuer(partition, region, other, isDualStack);
  }

  /** Whether the id has the form that EKS gives it: 32 uppercase hexadecimal digits. */
  boolean hasUsualId() {
    return ID.matcher(id).matches();
  }

  /** The URL of the parsed form. */
  public String url() {
    return isDualStack
        ? "https://" + partition.dualStackIssuerHost(region) + "/id/" + id
        : classicUrl();
  }

  /** The URL of the form that tokens carry. */
  public String classicUrl() {
    return "https://" + classicName();
  }

  /** Host and path of the form that tokens carry. */
  public String classicName() {
    return partition.issuerHost(region) + "/id/" + id;
  }
}
