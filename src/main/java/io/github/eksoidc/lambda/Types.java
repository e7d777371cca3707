package io.github.eksoidc.lambda;

import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.EksClusters;
import io.github.eksoidc.aws.IamProviders;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.provider.EksOidcProvider;
import io.github.eksoidc.resource.Properties;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.trust.IrsaTrustPolicy;
import java.util.function.Supplier;

/** The types of resources that the function serves. */
final class Types {

  private Types() {}

  /**
   * The type of a template's name.
   *
   * @param clients built only for a type that needs them
   * @throws Refusal if there is none of this name
   */
  static ResourceType of(String name, Supplier<AwsClients> clients, Invocation invocation) {
    return switch (name) {
      case EksOidcProvider.TYPE, "AWS::CloudFormation::CustomResource" ->
          provider(clients.get(), invocation);
      case IrsaTrustPolicy.TYPE -> new IrsaTrustPolicy(Json::line);
      default ->
          throw new Refusal(
              "This function has no resource of the type %s. It has %s and %s."
                  .formatted(Properties.quoted(name), EksOidcProvider.TYPE, IrsaTrustPolicy.TYPE));
    };
  }

  private static ResourceType provider(AwsClients clients, Invocation invocation) {
    clients.nextRequest();
    return new EksOidcProvider(
        new IamProviders(clients, invocation), new EksClusters(clients, invocation));
  }
}
