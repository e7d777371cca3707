package io.github.eksoidc.invocation;

import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.CallInterceptor;
import io.github.eksoidc.aws.DenialRetries;
import io.github.eksoidc.aws.EksClusters;
import io.github.eksoidc.aws.IamProviders;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.resourcetype.EksOidcProvider;
import io.github.eksoidc.resourcetype.IrsaTrustPolicy;
import io.github.eksoidc.resourcetype.UnknownType;
import java.util.function.Supplier;

/** The custom resource types of the function. */
final class ResourceTypes {

  /** The parameter {@code AllowTakeOver} of the function's stack. */
  private static final boolean MAY_TAKE_OVER = !"false".equals(System.getenv("ALLOW_TAKE_OVER"));

  private ResourceTypes() {}

  /**
   * Returns a resource type by its name in a template, also for a name that is no type's.
   *
   * @param clients called only for a type that needs AWS
   */
  static ResourceType of(
      String name, Supplier<AwsClients> clients, CallInterceptor calls, RequestContext context) {
    return switch (name) {
      case EksOidcProvider.TYPE, "AWS::CloudFormation::CustomResource" ->
          eksOidcProvider(clients.get(), new DenialRetries(calls, context));
      case IrsaTrustPolicy.TYPE -> new IrsaTrustPolicy(Json::line);
      default -> new UnknownType(name);
    };
  }

  private static ResourceType eksOidcProvider(AwsClients clients, CallInterceptor calls) {
    return new EksOidcProvider(
        new IamProviders(clients, calls), new EksClusters(clients, calls), MAY_TAKE_OVER);
  }
}
