package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;

/** {@code Custom::EksOidcProvider}: the IAM OIDC provider of one EKS cluster. */
public final class EksOidcProvider implements ResourceType {

  /** The type's name in a template. */
  public static final String TYPE = "Custom::EksOidcProvider";

  private final Providers providers;
  private final IssuerResolver issuers;

  public EksOidcProvider(Providers providers, Clusters clusters) {
    this.providers = requireNonNull(providers, "providers is null");
    this.issuers = new IssuerResolver(clusters);
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    var lifecycle = new ProviderLifecycle(providers, issuers, request.resource(), context);
    return switch (request) {
      case Request.Create create -> lifecycle.create(create);
      case Request.Update update -> lifecycle.update(update);
      case Request.Delete delete -> lifecycle.delete(delete);
    };
  }
}
