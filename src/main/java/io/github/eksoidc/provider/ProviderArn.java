package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.resource.FunctionLocation;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ARN of an IAM OIDC provider: {@code arn:<partition>:iam::<account>:oidc-provider/<issuer>}.
 *
 * @param partition {@code aws}, {@code aws-cn} …
 * @param account twelve digits
 * @param issuer the issuer's host and path
 */
public record ProviderArn(String partition, String account, String issuer) {

  private static final Pattern ARN =
      Pattern.compile("arn:([a-z0-9-]+):iam::([0-9]{12}):oidc-provider/(\\S+)");

  public ProviderArn {
    requireNonNull(partition, "partition is null");
    requireNonNull(account, "account is null");
    requireNonNull(issuer, "issuer is null");
  }

  /** The ARN that the provider of an issuer has, or will have, where the function runs. */
  public static ProviderArn of(FunctionLocation location, Issuer issuer) {
    return new ProviderArn(location.partition(), location.account(), issuer.name());
  }

  /** Reads an ARN; empty if the text is none of an OIDC provider. */
  public static Optional<ProviderArn> parse(String text) {
    var matcher = ARN.matcher(text);
    return matcher.matches()
        ? Optional.of(new ProviderArn(matcher.group(1), matcher.group(2), matcher.group(3)))
        : Optional.empty();
  }

  /** The Region of the cluster, if this is the provider of an EKS issuer. */
  public Optional<String> eksRegion() {
    return Issuer.eksRegion(issuer);
  }

  @Override
  public String toString() {
    return "arn:" + partition + ":iam::" + account + ":oidc-provider/" + issuer;
  }
}
