package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.FunctionLocation;
import java.util.Optional;

/**
 * The ARN of an IAM OIDC provider: {@code arn:<partition>:iam::<account>:oidc-provider/<issuer>}.
 *
 * @param partition {@code aws}, {@code aws-cn} …
 * @param account twelve digits
 * @param issuer the issuer's host and path
 */
public record ProviderArn(String partition, String account, String issuer) {

  private static final String RESOURCE = "oidc-provider/";

  public ProviderArn {
    requireNonNull(partition, "partition is null");
    requireNonNull(account, "account is null");
    requireNonNull(issuer, "issuer is null");
  }

  /** The ARN that the provider of an issuer has, or will have, in the function's account. */
  public static ProviderArn of(FunctionLocation location, Issuer issuer) {
    return new ProviderArn(location.partition(), location.account(), issuer.name());
  }

  /** Parses an ARN; empty if the text is not the ARN of an OIDC provider. */
  public static Optional<ProviderArn> parse(String text) {
    return Arn.parse(text)
        .filter(
            arn ->
                arn.service().equals("iam")
                    && arn.region().isEmpty()
                    && !arn.account().isEmpty()
                    && arn.resource().startsWith(RESOURCE)
                    && !arn.resource().equals(RESOURCE)
                    && arn.resource().chars().noneMatch(Character::isWhitespace))
        .map(
            arn ->
                new ProviderArn(
                    arn.partition(), arn.account(), arn.resource().substring(RESOURCE.length())));
  }

  /**
   * The issuer; empty if this is not the provider of an EKS issuer in the account and the partition
   * of a function.
   */
  public Optional<EksIssuer> eksIssuer(FunctionLocation location) {
    return EksIssuer.parse(issuer)
        .filter(
            eks ->
                account.equals(location.account())
                    && partition.equals(location.partition())
                    && eks.partition().id().equals(partition));
  }

  @Override
  public String toString() {
    return new Arn(partition, "iam", "", account, RESOURCE + issuer).toString();
  }
}
