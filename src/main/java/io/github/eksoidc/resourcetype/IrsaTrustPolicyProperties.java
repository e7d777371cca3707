package io.github.eksoidc.resourcetype;

import static io.github.eksoidc.properties.ResourceProperties.badValue;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.MisplacedValue.Endpoint;
import io.github.eksoidc.resourcetype.MisplacedValue.OfCluster;
import io.github.eksoidc.resourcetype.MisplacedValue.OfIssuer;
import io.github.eksoidc.resourcetype.MisplacedValue.OfProvider;
import io.github.eksoidc.resourcetype.MisplacedValue.OfRole;
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
          "PodIdentity",
          "ClusterNames");

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
        audiences(properties),
        serviceAccounts(properties),
        properties.bool("PodIdentity").orElse(false),
        clusterNames(properties));
  }

  private static List<String> audiences(ResourceProperties properties) {
    List<String> given = properties.textOrTexts("Audience").orElse(List.of(Audiences.DEFAULT));
    if (given.isEmpty()) {
      throw new RequestFailedException(
          "Audience is empty, but must have one or more audiences. Without one, the role would"
              + " trust tokens that are meant for others.");
    }
    given.forEach(audience -> Audiences.check("Audience", audience));
    return given;
  }

  private static List<String> clusterNames(ResourceProperties properties) {
    List<String> given = properties.texts("ClusterNames").orElse(List.of());
    if (given.isEmpty() && properties.has("ClusterNames")) {
      throw new RequestFailedException(
          "ClusterNames is empty, but must have one or more names of EKS clusters. Omit the"
              + " property to trust the pods of each cluster.");
    }
    for (int i = 0; i < given.size(); i++) {
      ClusterNames.check("ClusterNames[" + i + "]", given.get(i));
    }
    return given;
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
    Optional<MisplacedValue> known = MisplacedValue.of(text);
    boolean isMisplaced =
        known.isPresent() && !(known.get() instanceof OfProvider provider && provider.isClassic());
    return ProviderArn.parse(text)
        .filter(arn -> !isMisplaced && ISSUER.matcher(arn.issuer()).matches())
        .orElseThrow(
            () ->
                badValue(
                    property,
                    text,
                    "the ARN of an IAM OIDC provider"
                        + known
                            .map(IrsaTrustPolicyProperties::remedy)
                            .orElse(", arn:<partition>:iam::<account>:oidc-provider/<issuer>")));
  }

  /** Continues "the ARN of an IAM OIDC provider". */
  private static String remedy(MisplacedValue value) {
    return switch (value) {
      case OfProvider provider ->
          (provider.issuer().isDualStack()
                  ? ": \"%s\", because EKS puts this form of the issuer into every token, even for a"
                      + " dual-stack cluster"
                  : ": \"%s\", without https:// and with nothing after the issuer")
              .formatted(provider.classic());
      case OfIssuer(EksIssuer issuer) ->
          ". For this issuer it is \"%s\", which the Ref of a Custom::EksOidcProvider returns"
              .formatted(
                  "arn:%s:iam::<account>:oidc-provider/%s"
                      .formatted(issuer.partition().id(), issuer.classicName()));
      case OfRole _ ->
          ", whose tokens the role is to trust, not that of a role. The Ref of a"
              + " Custom::EksOidcProvider returns it";
      case OfCluster cluster ->
          ", not that of a cluster. The Ref of a Custom::EksOidcProvider with the ClusterName \"%s\""
                  .formatted(cluster.name())
              + " returns it";
      case Endpoint _ ->
          ", not the URL of an API server. The Ref of a Custom::EksOidcProvider returns it";
    };
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
