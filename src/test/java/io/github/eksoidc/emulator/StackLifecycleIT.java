package io.github.eksoidc.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.FunctionClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * Creates, updates and deletes stacks in MiniStack's CloudFormation, with the released template and
 * package.
 *
 * <p>Differences between MiniStack and AWS, and how this suite handles them:
 *
 * <ul>
 *   <li>Its IAM can't tag OIDC providers or change their audiences or thumbprints. The function
 *       uses moto's IAM instead, through the SDK's {@code AWS_ENDPOINT_URL_IAM}. Roles stay in
 *       MiniStack's IAM. moto can't change audiences either, so no test updates them.
 *   <li>Java runtimes need Docker: see {@link WithoutDocker}.
 *   <li>It invokes the function synchronously. AWS sends an event and waits for the response only.
 *       So no Create can be canceled and no event arrives twice. The search over interleavings and
 *       the contract tests cover that.
 * </ul>
 */
class StackLifecycleIT extends StackTestBase {

  @Test
  void stackIsCreatedUpdatedReplacedAndDeleted() throws IOException {
    Stack created = stacks.create("app", example("existing-cluster"), parameters("payments"));
    complete("app", "CREATE_COMPLETE", created);
    String arn = stacks.physicalId("app", "Oidc");
    assertThat(StackClient.outputs(created)).containsEntry("Ownership", "Created");
    assertThat(
            providers.getOpenIDConnectProvider(r -> r.openIDConnectProviderArn(arn)).clientIDList())
        .containsExactly("sts.amazonaws.com");
    assertThat(claims(arn)).containsExactly("app/Oidc");

    JsonNode trust = trustPolicy(created);
    assertThat(trust.at("/Statement/0/Principal/Federated").asText()).isEqualTo(arn);
    String issuer = arn.substring(arn.indexOf('/') + 1);
    assertThat(trust.at("/Statement/0/Condition/StringEquals").path(issuer + ":sub").asText())
        .isEqualTo("system:serviceaccount:default:s3-reader");

    String tagged =
        example("existing-cluster")
            .replace(
                "      ClusterName: !Ref ClusterName\n",
                "      ClusterName: !Ref ClusterName\n      Tags: [{Key: team, Value: web}]\n");
    Stack updated = stacks.update("app", tagged, parameters("payments"));
    complete("app", "UPDATE_COMPLETE", updated);
    assertThat(tags(arn)).containsEntry("team", "web");
    assertThat(stacks.physicalId("app", "Oidc")).isEqualTo(arn);

    // Another cluster means another provider. CloudFormation deletes the old one after the update.
    Stack replaced = stacks.update("app", tagged, parameters("search"));
    complete("app", "UPDATE_COMPLETE", replaced);
    String other = stacks.physicalId("app", "Oidc");
    assertThat(other).isNotEqualTo(arn);
    assertThat(arns()).containsExactly(other);
    assertThat(trustPolicy(replaced).at("/Statement/0/Principal/Federated").asText())
        .isEqualTo(other);

    assertThat(stacks.delete("app")).isEmpty();
    assertThat(arns()).isEmpty();
  }

  @Test
  void failedUpdateIsRolledBackToTheOldProvider() {
    stacks.create("app", example("existing-cluster"), parameters("payments"));
    String arn = stacks.physicalId("app", "Oidc");

    Stack updated =
        stacks.update(
            "app",
            example("existing-cluster").replace("[!Ref ServiceAccount]", "[\"*:b\"]"),
            parameters("search"));
    assertThat(updated.stackStatusAsString()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(stacks.failures("app"))
        .anySatisfy(
            reason -> assertThat(reason).contains("at least one character besides the wildcards"));
    assertThat(claims(arn)).containsExactly("app/Oidc");

    assertThat(stacks.delete("app")).isEmpty();
    assertThat(arns()).isEmpty();
  }

  @Test
  void providerThatSomebodyDeletesIsFoundAndComesBack() throws IOException {
    Map<String, String> parameters =
        Map.of(
            "IssuerUrl",
                "https://oidc.eks.eu-west-1.amazonaws.com/id/D539D4633E53DE1B71EA0B2C4F6A8C1E",
            "ServiceAccount", "default:app",
            "TableArn", "arn:aws:dynamodb:eu-west-1:000000000000:table/t");
    Stack stack = stacks.create("data", example("cross-account"), parameters);
    complete("data", "CREATE_COMPLETE", stack);
    assertThat(audit().path("Providers").findValuesAsText("Kind")).isEmpty();

    String arn = stacks.physicalId("data", "Oidc");
    providers.deleteOpenIDConnectProvider(request -> request.openIDConnectProviderArn(arn));
    JsonNode found = audit();
    assertThat(found.path("NotRead")).isEmpty();
    assertThat(found.path("Providers")).hasSize(1);
    assertThat(found.at("/Providers/0/ProviderArn").asText()).isEqualTo(arn);
    JsonNode finding = found.at("/Providers/0/Findings/0");
    assertThat(finding.path("Kind").asText()).isEqualTo("ProviderMissing");
    assertThat(finding.path("StackId").asText()).isEqualTo(stack.stackId());
    assertThat(finding.path("LogicalResourceId").asText()).isEqualTo("Oidc");

    // What the finding advises.
    String triggered =
        example("cross-account")
            .replace(
                "      Url: !Ref IssuerUrl\n", "      Url: !Ref IssuerUrl\n      Trigger: a\n");
    assertThat(triggered).contains("Trigger");
    complete("data", "UPDATE_COMPLETE", stacks.update("data", triggered, parameters));
    assertThat(claims(arn)).containsExactly("data/Oidc");
    assertThat(audit().path("Providers").findValuesAsText("Kind")).isEmpty();

    assertThat(stacks.delete("data")).isEmpty();
  }

  @Test
  void rolesUseTheProviderOfAnotherStack() throws IOException {
    Map<String, String> cluster = Map.of("ClusterName", "payments");
    complete(
        "provider",
        "CREATE_COMPLETE",
        stacks.create("provider", example("provider-stack"), cluster));
    String arn = stacks.physicalId("provider", "Oidc");
    Stack team =
        stacks.create(
            "roles",
            example("roles-stack"),
            Map.of(
                "ClusterName", "payments",
                "Namespace", "team",
                "QueueArn", "arn:aws:sqs:eu-west-1:000000000000:q"));
    complete("roles", "CREATE_COMPLETE", team);
    JsonNode condition = trustPolicy(team).at("/Statement/0/Condition/StringLike");
    assertThat(condition.path(arn.substring(arn.indexOf('/') + 1) + ":sub"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "system:serviceaccount:team:worker", "system:serviceaccount:team:worker-*");
    assertThat(stacks.delete("roles")).isEmpty();
    assertThat(stacks.delete("provider")).isEmpty();
  }

  /** Invokes the function as a person does, with the Invoke operation of Lambda. */
  private static JsonNode audit() throws IOException {
    HttpRequest invoke =
        HttpRequest.newBuilder(
                URI.create(
                    miniStack.endpoint()
                        + "/2015-03-31/functions/eks-oidc-provider:live/invocations"))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .timeout(Duration.ofMinutes(5))
            .POST(HttpRequest.BodyPublishers.ofString("{\"Audit\": \"Report\"}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      JsonNode report =
          FunctionClient.JSON.readTree(
              http.send(invoke, HttpResponse.BodyHandlers.ofString()).body());
      assertThat(report.has("Totals")).as("%s", report).isTrue();
      return report;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String example(String name) {
    return WithoutDocker.read(Path.of("examples", name + ".yaml"));
  }

  private static Map<String, String> parameters(String cluster) {
    return Map.of("ClusterName", cluster, "BucketName", "bucket");
  }

  /** Returns the trust policy of the role that a stack's first output names. */
  private static JsonNode trustPolicy(Stack stack) throws IOException {
    String role =
        StackClient.outputs(stack).entrySet().stream()
            .filter(output -> output.getKey().endsWith("RoleArn"))
            .map(output -> output.getValue().substring(output.getValue().lastIndexOf('/') + 1))
            .findFirst()
            .orElseThrow();
    String document;
    try (IamClient roles = StackClient.client(IamClient.builder(), miniStack.endpoint())) {
      document = roles.getRole(request -> request.roleName(role)).role().assumeRolePolicyDocument();
    }
    return FunctionClient.JSON.readTree(
        document.startsWith("%") ? URLDecoder.decode(document, StandardCharsets.UTF_8) : document);
  }
}
