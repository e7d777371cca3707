package io.github.eksoidc.issuer;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An AWS partition, with the domains of the EKS issuers in its Regions.
 *
 * <p>From the partition metadata that AWS publishes with its SDKs ({@code partitions.json}). The
 * SDK's {@code PartitionMetadata} is not used, because the core depends on the JDK only.
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

  /** Returns the partition of a Region; empty if the text can't be a Region's name. */
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

  /** The partition's name in ARNs, such as {@code aws} or {@code aws-cn}. */
  public String id() {
    return id;
  }

  /** The host of a Region's issuers: {@code oidc.eks.<region>.<suffix>}. */
  public String issuerHost(String region) {
    return "oidc.eks." + region + "." + suffix;
  }

  /** The host of the dual-stack form: {@code oidc-eks.<region>.api.<suffix>}. */
  public String dualStackIssuerHost(String region) {
    return "oidc-eks." + region + "." + dualStackSuffix;
  }
}
