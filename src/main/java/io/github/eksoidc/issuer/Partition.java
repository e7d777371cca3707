package io.github.eksoidc.issuer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Locale.IsoCountryCode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An AWS partition, with the form of its Regions' names and the domains of their EKS issuers.
 *
 * <p>A Region's name is an area, a direction and a digit, as the role of the function admits it.
 * Where the role admits any two characters, they have to be a country or a continent here.
 *
 * <p>From the partition metadata that AWS publishes with its SDKs ({@code partitions.json}). The
 * SDK's {@code PartitionMetadata} is not used, because the core depends on the JDK only.
 */
public enum Partition {
  AWS("aws", "(?!cn)([a-z]{2})", "amazonaws.com", "api.aws"),
  AWS_CN("aws-cn", "cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
  AWS_US_GOV("aws-us-gov", "us-gov", "amazonaws.com", "api.aws"),
  AWS_ISO("aws-iso", "us-iso", "c2s.ic.gov", "api.aws.ic.gov"),
  AWS_ISO_B("aws-iso-b", "us-isob", "sc2s.sgov.gov", "api.aws.scloud"),
  AWS_ISO_E("aws-iso-e", "eu-isoe", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
  AWS_ISO_F("aws-iso-f", "us-isof", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
  AWS_EUSC("aws-eusc", "eusc-([a-z]{2})", "amazonaws.eu", "api.amazonwebservices.eu");

  private static final String DIRECTION = "(?:central|(?:north|south)(?:east|west)?|east|west)";

  private final String id;
  private final Pattern regions;
  private final String suffix;
  private final String dualStackSuffix;

  Partition(String id, String area, String suffix, String dualStackSuffix) {
    this.id = id;
    this.regions = Pattern.compile(area + "-" + DIRECTION + "-[1-9]");
    this.suffix = suffix;
    this.dualStackSuffix = dualStackSuffix;
  }

  /** Returns the partition of a Region; empty if the text can't be a Region's name. */
  public static Optional<Partition> ofRegion(String region) {
    return Arrays.stream(values()).filter(partition -> partition.has(region)).findFirst();
  }

  /** Whether the text has the form of the name of one of the partition's Regions. */
  public boolean has(String region) {
    Matcher matcher = regions.matcher(region);
    return matcher.matches() && (matcher.groupCount() == 0 || isPlace(matcher.group(1)));
  }

  /** Whether two letters are Europe, Asia Pacific, or a country's code (ISO 3166-1). */
  private static boolean isPlace(String letters) {
    return letters.equals("eu")
        || letters.equals("ap")
        || Locale.getISOCountries(IsoCountryCode.PART1_ALPHA2)
            .contains(letters.toUpperCase(Locale.ROOT));
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
