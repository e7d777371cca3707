package io.github.eksoidc.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.OpenIDConnectProviderListEntry;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * A test with stacks in MiniStack's CloudFormation, with the released template and package. Its
 * providers are in moto's IAM, and the account is without a provider when a test begins.
 */
@Execution(ExecutionMode.SAME_THREAD)
abstract class StackTestBase {

  static Emulator miniStack;
  static StackClient stacks;

  /** Where the providers are. */
  static IamClient providers;

  private static Emulator moto;

  @BeforeAll
  static void deployFunction() {
    moto = Emulator.moto();
    // Its clusters have issuers of EKS's form, and the function takes no others.
    miniStack =
        Emulator.miniStackWithNativeProviders(new HashMap<>(WithoutDocker.environment()), moto);
    stacks = new StackClient(miniStack.endpoint());
    providers = StackClient.client(IamClient.builder(), moto.endpoint());
    try (EksClient eks = StackClient.client(EksClient.builder(), miniStack.endpoint())) {
      TestClusters.create(eks, "payments");
      TestClusters.create(eks, "search");
    }
    stacks.upload(WithoutDocker.functionZip(), "code", "function.zip");
    Stack function =
        complete(
            "eks-oidc-provider",
            "CREATE_COMPLETE",
            stacks.create(
                "eks-oidc-provider",
                WithoutDocker.template("s3://code/function.zip"),
                Map.of("Architecture", "x86_64", "SnapStart", "PublishedVersions")));
    assertThat(StackClient.outputs(function).get("ServiceToken"))
        .endsWith(":eks-oidc-provider:live");
  }

  @AfterAll
  static void deleteFunction() {
    try {
      assertThat(stacks.delete("eks-oidc-provider")).isEmpty();
    } finally {
      miniStack.close();
      moto.close();
    }
  }

  @BeforeEach
  void checkAccountIsEmpty() {
    assertThat(arns()).isEmpty();
  }

  static Stack complete(String name, String status, Stack stack) {
    assertThat(stack.stackStatusAsString()).as("%s", stacks.failures(name)).isEqualTo(status);
    return stack;
  }

  static List<String> arns() {
    return providers.listOpenIDConnectProviders().openIDConnectProviderList().stream()
        .map(OpenIDConnectProviderListEntry::arn)
        .toList();
  }

  static Map<String, String> tags(String arn) {
    return providers.getOpenIDConnectProvider(r -> r.openIDConnectProviderArn(arn)).tags().stream()
        .collect(Collectors.toMap(Tag::key, Tag::value));
  }

  /** The first word of each claim: the stack and the logical id. */
  static List<String> claims(String arn) {
    return tags(arn).entrySet().stream()
        .filter(tag -> tag.getKey().startsWith("eks-oidc-provider/claim/"))
        .map(tag -> tag.getValue().replaceFirst(" .*", ""))
        .toList();
  }
}
