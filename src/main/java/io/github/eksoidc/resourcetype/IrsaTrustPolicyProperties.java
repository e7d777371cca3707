package io.github.eksoidc.resourcetype;

import static io.github.eksoidc.properties.ResourceProperties.badValue;

import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.trust.ServiceAccount;
import io.github.eksoidc.trust.TrustPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the properties of {@code Custom::IrsaTrustPolicy}. */
public final class IrsaTrustPolicyProperties {

  /** The names of all properties. */
  public static final List<String> NAMES =
      List.of(
          "ServiceToken",
          "ServiceTimeout",
          "ProviderArn",
          "ProviderArns",
          "ServiceAccounts",
          "Audience",
          "PodIdentity");

  /** A host, an optional port and a path, without characters that a condition key can't have. */
  private static final Pattern ISSUER =
      Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?");

  private IrsaTrustPolicyProperties() {}

  /**
   * Reads and checks the properties of a template.
   *
   * @throws RequestFailedException if a property is not valid; the reason names the property, the
   *     value and the allowed values
   */
  public static TrustPolicy read(Map<String, Object> values) {
    ResourceProperties properties = ResourceProperties.of(values, NAMES);
    return new TrustPolicy(
        providers(properties),
        Audiences.check("Audience", properties.text("Audience").orElse(Audiences.DEFAULT)),
        serviceAccounts(properties),
        properties.bool("PodIdentity").orElse(false));
  }

  private static List<ProviderArn> providers(ResourceProperties properties) {
    Optional<String> one = properties.text("ProviderArn");
    Optional<List<String>> several = properties.texts("ProviderArns");
    if (one.isPresent() == several.isPresent()) {
      throw new RequestFailedException(
          one.isPresent()
              ? "ProviderArn and ProviderArns are both given. Give the ProviderArn of one OIDC"
                  + " provider, or the ProviderArns of several, not both."
              : "Neither ProviderArn nor ProviderArns is given. Give the ARN of an OIDC provider,"
                  + " which the Ref of a Custom::EksOidcProvider returns.");
    }
    if (one.isPresent()) {
      return List.of(provider("ProviderArn", one.get()));
    }
    List<String> arns = several.get();
    if (arns.isEmpty()) {
      throw new RequestFailedException(
          "ProviderArns is empty, but must have one or more ARNs of OIDC providers.");
    }
    List<ProviderArn> providers = new ArrayList<>();
    for (int i = 0; i < arns.size(); i++) {
      providers.add(provider("ProviderArns[" + i + "]", arns.get(i)));
    }
    List<String> partitions = providers.stream().map(ProviderArn::partition).distinct().toList();
    if (partitions.size() > 1) {
      throw new RequestFailedException(
          "ProviderArns has ARNs of the partitions %s, but a role can only trust providers of its own partition."
              .formatted(String.join(" and ", partitions)));
    }
    return providers;
  }

  private static ProviderArn provider(String property, String text) {
    return ProviderArn.parse(text)
        .filter(arn -> ISSUER.matcher(arn.issuer()).matches())
        .orElseThrow(
            () ->
                badValue(
                    property,
                    text,
                    "the ARN of an IAM OIDC provider,"
                        + " arn:<partition>:iam::<account>:oidc-provider/<issuer>"));
  }

  private static List<ServiceAccount> serviceAccounts(ResourceProperties properties) {
    List<String> given =
        properties
            .texts("ServiceAccounts")
            .orElseThrow(
                () ->
                    new RequestFailedException(
                        "ServiceAccounts is missing. List the service accounts that can assume the"
                            + " role, each as namespace:name."));
    if (given.isEmpty()) {
      throw new RequestFailedException(
          "ServiceAccounts is empty, but must have one or more service accounts. Without one, the"
              + " role would trust every pod of the cluster.");
    }
    List<ServiceAccount> accounts = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      accounts.add(ServiceAccount.parse("ServiceAccounts[" + i + "]", given.get(i)));
    }
    return accounts;
  }
}
