package io.github.eksoidc.invocation;

import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.EksClusters;
import io.github.eksoidc.aws.IamProviders;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceProperties;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.resourcetype.EksOidcProvider;
import io.github.eksoidc.resourcetype.IrsaTrustPolicy;
import java.util.function.Supplier;

/** The types of resources that the function serves. */
public final class ResourceTypes {

  private ResourceTypes() {}

  /**
   * The type of a template's name.
   *
   * @param clients built only for a type that needs them
   * @throws RequestFailedException if there is none of this name
   */
  static ResourceType of(String name, Supplier<AwsClients> clients, InvocationContext invocation) {
    return switch (name) {
      case EksOidcProvider.TYPE, "AWS::CloudFormation::CustomResource" ->
          provider(clients.get(), invocation);
      case IrsaTrustPolicy.TYPE -> new IrsaTrustPolicy(Json::line);
      default ->
          throw new RequestFailedException(
              "This function has no resource of the type %s. It has %s and %s."
                  .formatted(
                      ResourceProperties.quoted(name), EksOidcProvider.TYPE, IrsaTrustPolicy.TYPE));
    };
  }

  private static ResourceType provider(AwsClients clients, InvocationContext invocation) {
    clients.nextRequest();
    return new EksOidcProvider(
        new IamProviders(clients, invocation), new EksClusters(clients, invocation));
  }
}
