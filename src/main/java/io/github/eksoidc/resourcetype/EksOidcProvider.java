package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.properties.PropertyChanges;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** {@code Custom::EksOidcProvider}: the IAM OIDC provider of one EKS cluster. */
public final class EksOidcProvider implements ResourceType {

  /** The type's name in a template. */
  public static final String TYPE = "Custom::EksOidcProvider";

  private final Providers providers;
  private final IssuerResolver issuers;
  private final boolean mayTakeOver;

  /**
   * @param mayTakeOver whether the operator of the function lets templates take providers over
   */
  public EksOidcProvider(Providers providers, Clusters clusters, boolean mayTakeOver) {
    this.mayTakeOver = mayTakeOver;
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = new IssuerResolver(clusters);
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    var lifecycle =
        new ProviderLifecycle(providers, issuers, request.resource(), context, mayTakeOver);
    return switch (request) {
      case Request.Create create -> logged(lifecycle.create(create), create, Map.of(), context);
      case Request.Update update ->
          logged(lifecycle.update(update), update, update.oldProperties(), context);
      case Request.Delete delete -> lifecycle.delete(delete);
    };
  }

  /** Logs whom the account trusts, and what changed. */
  private static ResourceResult logged(
      ResourceResult result, Request request, Map<String, Object> before, RequestContext context) {
    SequencedMap<String, Object> trust = new LinkedHashMap<>();
    trust.put("provider", result.physicalId());
    trust.put("ownership", result.attributes().get("Ownership"));
    trust.put(
        "audiences",
        EksOidcProviderProperties.read(request.properties(), context.location())
            .desired()
            .audiences());
    if (EksOidcProviderProperties.readIfValid(before, context.location()).isPresent()) {
      trust.put(
          "changed",
          PropertyChanges.between(before, request.properties(), EksOidcProviderProperties.NAMES));
    }
    context.logDecision("trusted", trust);
    return result;
  }
}
