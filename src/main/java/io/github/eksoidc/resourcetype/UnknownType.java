package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.util.Map;

/**
 * A type that this function does not provide, such as a misspelt one. Each Create fails, so there
 * is nothing to delete, whichever id CloudFormation makes up for a Create that it cancels.
 *
 * <p>An id with the ARN of a provider is the exception: a request of another type returned it, so
 * the provider may have a claim, and the Delete fails rather than leave that claim unsaid.
 *
 * @param name the name in the template
 */
public record UnknownType(String name) implements ResourceType {

  public UnknownType {
    requireNonNull(name, "name is null");
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    if (request instanceof Request.Delete delete && !namesProvider(delete.physicalId())) {
      context.logDecision("a resource of an unknown type was never created", Map.of());
      return ResourceResult.of(delete.physicalId());
    }
    throw new RequestFailedException(
        "Unknown resource type %s. This function provides %s and %s."
            .formatted(
                ResourceProperties.quoted(name), EksOidcProvider.TYPE, IrsaTrustPolicy.TYPE));
  }

  private static boolean namesProvider(String physicalId) {
    return IncompleteCreate.parse(physicalId).isPresent()
        || ProviderArn.parse(physicalId).isPresent();
  }
}
