package io.github.eksoidc.resourcetype;

import static io.github.eksoidc.resource.ResourceProperties.badValue;

import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceProperties;
import io.github.eksoidc.trust.ServiceAccount;
import io.github.eksoidc.trust.TrustPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the properties of {@code Custom::IrsaTrustPolicy}. */
public final class IrsaTrustPolicyProperties {

  /** Every name that a template may use. */
  public static final List<String> NAMES =
      List.of("ServiceToken", "ServiceTimeout", "ProviderArn", "ServiceAccounts", "Audience");

  /** Host, perhaps a port, and path: without what would mean something else in a condition key. */
  private static final Pattern ISSUER =
      Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?");

  private IrsaTrustPolicyProperties() {}

  /**
   * Checks what a template gives.
   *
   * @throws RequestFailedException that names the property, what was found and what is allowed
   */
  public static TrustPolicy read(Map<String, Object> values) {
    ResourceProperties properties = ResourceProperties.of(values, NAMES);
    return new TrustPolicy(provider(properties), audience(properties), serviceAccounts(properties));
  }

  private static ProviderArn provider(ResourceProperties properties) {
    String text =
        properties
            .text("ProviderArn")
            .orElseThrow(
                () ->
                    new RequestFailedException(
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

  private static String audience(ResourceProperties properties) {
    return Audiences.check("Audience", properties.text("Audience").orElse(Audiences.DEFAULT));
  }

  private static List<ServiceAccount> serviceAccounts(ResourceProperties properties) {
    List<String> given =
        properties
            .texts("ServiceAccounts")
            .orElseThrow(
                () ->
                    new RequestFailedException(
                        "ServiceAccounts is missing. List those that may assume the role, each as"
                            + " namespace:name."));
    if (given.isEmpty()) {
      throw new RequestFailedException(
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
