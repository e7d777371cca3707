package io.github.eksoidc.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * The guides of docs/migrate.md, stack by stack, with the templates of examples/migration. A {@link
 * ProviderWatch} reads the provider during all steps.
 *
 * <p>MiniStack does not have {@code AWS::IAM::OIDCProvider}. The type is added to it by {@code
 * build/emulators/ministack_with_oidc_provider.py}, which keeps its providers in moto's IAM as the
 * function does. The function of CDK is played by one with the same lifecycle.
 */
class MigrationIT extends StackTestBase {

  private static final String CLUSTER = "payments";

  private static final Tag OF_EKSCTL =
      Tag.builder().key("alpha.eksctl.io/cluster-name").value(CLUSTER).build();

  private static String issuer;

  @BeforeAll
  static void readIssuer() {
    try (EksClient eks = StackClient.client(EksClient.builder(), miniStack.endpoint())) {
      issuer = eks.describeCluster(r -> r.name(CLUSTER)).cluster().identity().oidc().issuer();
    }
  }

  @Test
  void nativeResourceIsReplacedWithinOneStack() {
    String arn = arnOf(create("app", step("native-0")));
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      update("app", step("native-1"));
      assertThat(claims(arn)).containsExactly("app/Oidc");
      assertThat(isManaged(arn)).isFalse();

      update("app", step("native-2"));
      update("app", step("native-3"));
      assertThat(isManaged(arn)).isTrue();
      assertThat(stacks.physicalId("app", "Oidc")).isEqualTo(arn);
      watch.assertAlwaysThere();
    }
    delete("app");
    assertThat(arns()).isEmpty();
  }

  @Test
  void failedFirstStepLeavesTheNativeProviderAsItWas() {
    String arn = arnOf(create("app", step("native-0")));
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      Stack failed = stacks.update("app", withFailingResource(step("native-1")), parameters());
      complete("app", "UPDATE_ROLLBACK_COMPLETE", failed);
      assertThat(tags(arn)).isEmpty();
      watch.assertAlwaysThere();
    }
    delete("app");
    assertThat(arns()).isEmpty();
  }

  @Test
  void nativeResourceOfAnotherStackIsReplaced() {
    String arn = arnOf(create("cluster", step("native-0")));
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      create("app", step("native-2"));
      update("cluster", retained(step("native-0")));
      delete("cluster");
      update("app", step("native-3"));
      assertThat(claims(arn)).containsExactly("app/Oidc");
      assertThat(isManaged(arn)).isTrue();
      watch.assertAlwaysThere();
    }
    delete("app");
    assertThat(arns()).isEmpty();
  }

  @Test
  void functionOfTheSameStackIsReplaced() {
    String before = WithoutDocker.read(Path.of("src/test/resources/migration/other-function.yaml"));
    String arn = arnOf(create("app", before));
    String added =
        retainedOther(before)
            .replace(
                "Outputs:",
                """
                  Oidc:
                    Type: Custom::EksOidcProvider
                    Properties:
                      ServiceToken: !ImportValue eks-oidc-provider-ServiceToken
                      ClusterName: !Ref ClusterName

                Outputs:""");
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      update("app", added);
      update("app", withoutResource("Other", added).replace("!Ref Other", "!Ref Oidc"));
      assertThat(isManaged(arn)).isFalse();
      update("app", step("native-3"));
      assertThat(isManaged(arn)).isTrue();
      watch.assertAlwaysThere();
    }
    delete("app");
    assertThat(arns()).isEmpty();
  }

  /** Why the guide says so: the function deletes the provider that the new resource uses. */
  @Test
  void withoutTheDeletionPolicyTheOtherFunctionDeletesTheProvider() {
    String before = WithoutDocker.read(Path.of("src/test/resources/migration/other-function.yaml"));
    create("other", before);
    create("app", step("native-2"));
    delete("other");
    assertThat(arns()).isEmpty();
    delete("app");
  }

  private static String retainedOther(String template) {
    return template.replace(
        "    Type: Custom::Other", "    DeletionPolicy: Retain\n    Type: Custom::Other");
  }

  /** A template without one of its resources. */
  private static String withoutResource(String name, String template) {
    int from = template.indexOf("  " + name + ":\n");
    return template.substring(0, from) + template.substring(template.indexOf("\n\n", from) + 2);
  }

  @Test
  void rollbackOfACreateThatTakesOverDeletesTheProvider() {
    createOutsideOfCloudFormation();
    Stack failed = stacks.create("app", withFailingResource(step("native-3")), parameters());
    complete("app", "ROLLBACK_COMPLETE", failed);
    assertThat(arns()).isEmpty();
    delete("app");
  }

  @Test
  void rollbackOfACreateThatAdoptsKeepsTheProvider() {
    String arn = createOutsideOfCloudFormation();
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      Stack failed = stacks.create("app", withFailingResource(step("native-2")), parameters());
      complete("app", "ROLLBACK_COMPLETE", failed);
      assertThat(tags(arn)).containsOnly(Map.entry(OF_EKSCTL.key(), CLUSTER));
      delete("app");
      watch.assertAlwaysThere();
    }
    deleteOutsideOfCloudFormation(arn);
  }

  @Test
  void stackIsDeletedAfterTheProvider() {
    String arn = arnOf(create("app", step("native-2")));
    deleteOutsideOfCloudFormation(arn);
    delete("app");
    assertThat(arns()).isEmpty();
  }

  @Test
  void stackGoesBackToTheNativeResource() {
    String arn = arnOf(create("app", step("native-2")));
    assertThat(isManaged(arn)).isTrue();
    try (ProviderWatch watch = new ProviderWatch(providers, arn)) {
      providers.untagOpenIDConnectProvider(
          r -> r.openIDConnectProviderArn(arn).tagKeys("eks-oidc-provider/managed"));
      complete(
          "app",
          "IMPORT_COMPLETE",
          stacks.importResource(
              "app",
              step("leave-2"),
              parameters(),
              "AWS::IAM::OIDCProvider",
              "Native",
              Map.of("Arn", arn)));
      assertThat(stacks.physicalId("app", "Native")).isEqualTo(arn);

      update("app", step("leave-3"));
      assertThat(tags(arn)).isEmpty();
      delete("app");
      watch.assertAlwaysThere();
    }
    deleteOutsideOfCloudFormation(arn);
  }

  private static String step(String name) {
    return WithoutDocker.read(Path.of("examples", "migration", name + ".yaml"));
  }

  /** The same template with a resource that fails after the provider. */
  private static String withFailingResource(String template) {
    return template.replace(
        "\nOutputs:",
        """

          Wrong:
            Type: Custom::IrsaTrustPolicy
            Properties:
              ServiceToken: !ImportValue eks-oidc-provider-ServiceToken
              ProviderArn: !Ref Oidc
              ServiceAccounts: [no-namespace]

        Outputs:""");
  }

  private static String retained(String template) {
    return template.replace(
        "Type: AWS::IAM::OIDCProvider\n",
        "Type: AWS::IAM::OIDCProvider\n    DeletionPolicy: Retain\n");
  }

  private static Map<String, String> parameters() {
    return Map.of("ClusterName", CLUSTER, "IssuerUrl", issuer);
  }

  private static Stack create(String name, String template) {
    return complete(name, "CREATE_COMPLETE", stacks.create(name, template, parameters()));
  }

  private static void update(String name, String template) {
    complete(name, "UPDATE_COMPLETE", stacks.update(name, template, parameters()));
  }

  private static void delete(String name) {
    assertThat(stacks.delete(name)).isEmpty();
  }

  private static String arnOf(Stack stack) {
    return StackClient.outputs(stack).get("ProviderArn");
  }

  private static String createOutsideOfCloudFormation() {
    return providers
        .createOpenIDConnectProvider(
            r -> r.url(issuer).clientIDList("sts.amazonaws.com").tags(OF_EKSCTL))
        .openIDConnectProviderArn();
  }

  private static void deleteOutsideOfCloudFormation(String arn) {
    providers.deleteOpenIDConnectProvider(r -> r.openIDConnectProviderArn(arn));
  }

  private static boolean isManaged(String arn) {
    return tags(arn).containsKey("eks-oidc-provider/managed");
  }
}
