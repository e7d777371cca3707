package io.github.eksoidc.trust;

import static io.github.eksoidc.resource.Properties.badValue;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.Properties;
import io.github.eksoidc.resource.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the properties of {@code Custom::IrsaTrustPolicy}. */
public final class TrustProperties {

  /** Every name that a template may use. */
  public static final List<String> NAMES =
      List.of("ServiceToken", "ServiceTimeout", "ProviderArn", "ServiceAccounts", "Audience");

  /** The audience of IRSA, in every partition. */
  static final String DEFAULT_AUDIENCE = "sts.amazonaws.com";

  static final int LONGEST_AUDIENCE = 255;

  /** Host, perhaps a port, and path: without what would mean something else in a condition key. */
  private static final Pattern ISSUER =
      Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?");

  private TrustProperties() {}

  /**
   * Checks what a template gives.
   *
   * @throws Refusal that names the property, what was found and what is allowed
   */
  public static TrustPolicy read(Map<String, Object> values) {
    Properties properties = Properties.of(values, NAMES);
    return new TrustPolicy(provider(properties), audience(properties), serviceAccounts(properties));
  }

  private static ProviderArn provider(Properties properties) {
    String text =
        properties
            .text("ProviderArn")
            .orElseThrow(
                () ->
                    new Refusal(
                        "ProviderArn is missing. Give the ARN of the OIDC provider, as !Ref of a"
                            + " Custom::EksOidcProvider returns it."));
    return ProviderArn.parse(text)
        .filter(arn -> ISSUER.matcher(arn.issuer()).matches())
        .orElseThrow(
            () ->
                badValue(
                    "ProviderArn",
                    text,
                    "the ARN of an IAM OIDC provider,"
                        + " arn:<partition>:iam::<account>:oidc-provider/<issuer>"));
  }

  private static String audience(Properties properties) {
    String audience = properties.text("Audience").orElse(DEFAULT_AUDIENCE);
    if (audience.isEmpty() || audience.length() > LONGEST_AUDIENCE || audience.contains("${")) {
      throw badValue(
          "Audience",
          audience,
          "1 to %d characters long, without ${, which begins a variable of IAM's"
              .formatted(LONGEST_AUDIENCE));
    }
    return audience;
  }

  private static List<ServiceAccount> serviceAccounts(Properties properties) {
    List<String> given =
        properties
            .texts("ServiceAccounts")
            .orElseThrow(
                () ->
                    new Refusal(
                        "ServiceAccounts is missing. List those that may assume the role, each as"
                            + " namespace:name."));
    if (given.isEmpty()) {
      throw new Refusal(
          "ServiceAccounts is empty, but must name one or more: a policy without would trust every"
              + " pod of the cluster.");
    }
    List<ServiceAccount> accounts = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      accounts.add(ServiceAccount.parse("ServiceAccounts[" + i + "]", given.get(i)));
    }
    return accounts;
  }
}
