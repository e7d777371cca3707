package io.github.eksoidc.issuer;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A partition of AWS, with the domains that EKS issuers of its Regions stand under.
 *
 * <p>From the partition metadata that AWS publishes with its SDKs ({@code partitions.json}).
 */
public enum Partition {
  AWS("aws", "", "amazonaws.com", "api.aws"),
  AWS_CN("aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
  AWS_US_GOV("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"),
  AWS_ISO("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
  AWS_ISO_B("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
  AWS_ISO_E("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
  AWS_ISO_F("aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
  AWS_EUSC("aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu");

  private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]{2,12}){1,2}-[0-9]{1,2}");

  private final String id;
  private final String regionPrefix;
  private final String suffix;
  private final String dualStackSuffix;

  Partition(String id, String regionPrefix, String suffix, String dualStackSuffix) {
    this.id = id;
    this.regionPrefix = regionPrefix;
    this.suffix = suffix;
    this.dualStackSuffix = dualStackSuffix;
  }

  /** The partition of a Region by its name; empty if that is no Region's name. */
  public static Optional<Partition> ofRegion(String region) {
    if (!REGION.matcher(region).matches()) {
      return Optional.empty();
    }
    Partition found = AWS;
    for (Partition partition : values()) {
      if (region.startsWith(partition.regionPrefix)
          && partition.regionPrefix.length() > found.regionPrefix.length()) {
        found = partition;
      }
    }
    return Optional.of(found);
  }

  /** What ARNs say: {@code aws}, {@code aws-cn} … */
  public String id() {
    return id;
  }

  /** The host of the issuers of a Region's clusters: {@code oidc.eks.<region>.<suffix>}. */
  public String issuerHost(String region) {
    return "oidc.eks." + region + "." + suffix;
  }

  /** Their dual-stack host: {@code oidc-eks.<region>.api.<suffix>}. */
  public String dualStackIssuerHost(String region) {
    return "oidc-eks." + region + "." + dualStackSuffix;
  }
}
