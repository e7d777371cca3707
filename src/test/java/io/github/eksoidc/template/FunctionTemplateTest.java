package io.github.eksoidc.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.eksoidc.lambda.CustomResourceHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;

/** template.yaml: what it gives the function, and what it promises other stacks. */
class FunctionTemplateTest {

  private final Template template = Template.read(Path.of("template.yaml"));

  @Test
  void theRoleHasExactlyTheActionsThatTheCodeCalls() {
    Set<String> called = new TreeSet<>();
    new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.github.eksoidc")
            .stream()
            .flatMap(c -> c.getMethodCallsFromSelf().stream())
            .filter(call -> isClient(call) && !Set.of("builder", "close").contains(call.getName()))
            .forEach(call -> called.add(action(call)));

    Set<String> allowed = new TreeSet<>();
    statements().forEach(statement -> allowed.addAll(strings(statement.get("Action"))));
    // What Lambda does on the function's behalf.
    allowed.removeIf(action -> action.matches("(logs|sqs|kms|xray):.*"));

    assertThat(allowed).isEqualTo(called);
  }

  private static boolean isClient(JavaMethodCall call) {
    return call.getTargetOwner().isEquivalentTo(IamClient.class)
        || call.getTargetOwner().isEquivalentTo(EksClient.class);
  }

  /** {@code getOpenIDConnectProvider} of the IAM client is {@code iam:GetOpenIDConnectProvider}. */
  private static String action(JavaMethodCall call) {
    String service = call.getTargetOwner().isEquivalentTo(IamClient.class) ? "iam:" : "eks:";
    String name = call.getName();
    return service + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  @Test
  void noStatementReachesMoreThanProvidersOfEksIssuersAndClusters() {
    List<String> resources = new ArrayList<>();
    for (Map<?, ?> statement : statements()) {
      List<String> actions = strings(statement.get("Action"));
      if (actions.equals(List.of("sqs:SendMessage"))) {
        assertThat(statement.get("Resource"))
            .isEqualTo(Map.of("Fn::GetAtt", List.of("Failures", "Arn")));
      } else if (actions.getFirst().startsWith("logs:")) {
        assertThat(statement.get("Resource"))
            .isEqualTo(Map.of("Fn::GetAtt", List.of("LogGroup", "Arn")));
      } else if (actions.getFirst().startsWith("kms:")) {
        assertThat(statement.get("Resource")).isEqualTo(Map.of("Ref", "KmsKeyArn"));
        assertThat(statement.get("Condition").toString()).contains("kms:ViaService", "sqs.");
      } else if (actions.getFirst().startsWith("iam:Create")) {
        // RolePatternsTest has what these admit.
        assertThat((List<?>) statement.get("Resource")).isNotEmpty();
      } else if (!actions.equals(List.of("iam:ListOpenIDConnectProviders"))
          && !actions.getFirst().startsWith("xray:")) {
        resources.addAll(strings(statement.get("Resource")));
      }
    }
    assertThat(resources)
        .isNotEmpty()
        .allSatisfy(
            resource ->
                assertThat(resource)
                    .startsWith("arn:${AWS::Partition}:")
                    .contains("${AWS::AccountId}")
                    .endsWith(":cluster/*"));
  }

  @Test
  void theServiceTokenIsAnAliasAndIsExported() {
    assertThat(template.at("Outputs", "ServiceToken", "Value"))
        .isEqualTo(Map.of("Ref", "Function.Alias"));
    assertThat(template.at("Outputs", "ServiceToken", "Export", "Name"))
        .isEqualTo(Map.of("Ref", "ExportName"));
    assertThat(template.at("Resources", "Function", "Properties", "AutoPublishAlias"))
        .isEqualTo("live");
    assertThat(template.at("Parameters", "ExportName", "Default"))
        .isEqualTo("eks-oidc-provider-ServiceToken");
  }

  @Test
  void theHandlerIsTheFunction() {
    assertThat(template.at("Resources", "Function", "Properties", "Handler"))
        .isEqualTo(CustomResourceHandler.class.getName() + "::handleRequest");
    assertThat(template.at("Resources", "Function", "Properties", "Runtime")).isEqualTo("java25");
    assertThat(template.at("Resources", "Function", "Properties", "CodeUri"))
        .isEqualTo("target/function.zip");
  }

  @Test
  void everyParameterIsUsedAndShown() {
    Set<String> shown = new TreeSet<>();
    for (Object group :
        (List<?>) template.at("Metadata", "AWS::CloudFormation::Interface", "ParameterGroups")) {
      shown.addAll(strings(((Map<?, ?>) group).get("Parameters")));
    }
    assertThat(shown).isEqualTo(new TreeSet<>(template.map("Parameters").keySet()));
    String all =
        template.at("Resources") + " " + template.at("Outputs") + " " + template.at("Conditions");
    assertThat(shown)
        .allSatisfy(name -> assertThat(all).containsAnyOf("Ref=" + name, "${" + name + "}"));
  }

  /** All statements of the role's policies, also of those that a parameter turns off. */
  private List<Map<?, ?>> statements() {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Object entry : (List<?>) template.at("Resources", "Role", "Properties", "Policies")) {
      Map<?, ?> policy = (Map<?, ?>) entry;
      if (policy.get("Fn::If") instanceof List<?> choice) {
        policy = (Map<?, ?>) choice.get(1);
      }
      Map<?, ?> document = (Map<?, ?>) policy.get("PolicyDocument");
      ((List<?>) document.get("Statement")).forEach(s -> statements.add((Map<?, ?>) s));
    }
    return statements;
  }

  @Test
  void whatCouldNotBeAnsweredIsKeptAndTold() {
    Map<String, Object> invocations = template.map("Resources", "Invocations", "Properties");
    assertThat(String.valueOf(invocations.get("DestinationConfig")))
        .contains("OnFailure", "HasFailureQueue", "Failures");
    assertThat(invocations.get("Qualifier").toString()).contains("Function.Alias");
    for (String alarm :
        List.of(
            "ErrorAlarm", "ThrottleAlarm", "DroppedEventAlarm", "DeliveryAlarm", "FailureAlarm")) {
      assertThat(template.at("Resources", alarm, "Properties", "AlarmActions"))
          .isEqualTo(List.of(Map.of("Ref", "AlarmTopicArn")));
      assertThat(template.at("Resources", alarm, "Condition")).asString().contains("Alarm");
    }
  }

  @Test
  void snapStartIsOffUnlessAParameterTurnsItOn() {
    assertThat(template.at("Resources", "Function", "Properties", "SnapStart", "ApplyOn"))
        .isEqualTo(Map.of("Ref", "SnapStart"));
    assertThat(template.at("Parameters", "SnapStart", "Default")).isEqualTo("None");
  }

  /** Text, or a list of it, or what {@code Fn::Sub} makes text of. */
  private static List<String> strings(Object value) {
    return switch (value) {
      case String text -> List.of(text);
      case List<?> list -> list.stream().flatMap(v -> strings(v).stream()).toList();
      case Map<?, ?> map -> map.values().stream().flatMap(v -> strings(v).stream()).toList();
      default -> throw new IllegalArgumentException(String.valueOf(value));
    };
  }
}
