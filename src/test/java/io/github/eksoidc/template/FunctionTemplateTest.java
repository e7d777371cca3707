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
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;

/** template.yaml: what it gives the function, and what it promises other stacks. */
class FunctionTemplateTest {

  private static final Map<Class<?>, String> SERVICES =
      Map.of(
          IamClient.class, "iam",
          EksClient.class, "eks",
          CloudFormationClient.class, "cloudformation");

  private static final Template TEMPLATE = Template.read(Path.of("template.yaml"));

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
    // What Lambda does on the function's behalf: the next test has it.
    allowed.removeIf(action -> action.matches("(logs|sqs|kms|xray|ec2):.*"));

    assertThat(allowed).isEqualTo(called);
  }

  /** The function itself makes none of these calls, so no other test needs these permissions. */
  @Test
  void theRoleAllowsWhatLambdaDoesForTheFunction() {
    Map<String, Object> statements = new TreeMap<>();
    for (Object entry : (List<?>) TEMPLATE.at("Resources", "Role", "Properties", "Policies")) {
      Map<?, ?> policy = (Map<?, ?>) entry;
      Object condition = "always";
      if (policy.get("Fn::If") instanceof List<?> choice) {
        condition = choice.getFirst();
        policy = (Map<?, ?>) choice.get(1);
      }
      for (Object each : (List<?>) ((Map<?, ?>) policy.get("PolicyDocument")).get("Statement")) {
        Map<?, ?> statement = (Map<?, ?>) each;
        String actions = String.join(" ", strings(statement.get("Action")));
        if (actions.matches("(logs|sqs|kms|xray|ec2):.*")
            && statement.get("Effect").equals("Allow")) {
          statements.put(condition + ": " + actions, statement.get("Resource"));
        }
      }
    }
    assertThat(statements)
        .isEqualTo(
            Map.of(
                "always: logs:CreateLogStream logs:PutLogEvents",
                Map.of("Fn::GetAtt", List.of("LogGroup", "Arn")),
                "HasFailureQueue: sqs:SendMessage",
                Map.of("Fn::GetAtt", List.of("Failures", "Arn")),
                "HasEncryptedQueue: kms:Decrypt kms:GenerateDataKey",
                Map.of("Ref", "KmsKeyArn"),
                "HasTracing: xray:PutTraceSegments xray:PutTelemetryRecords",
                "*",
                "HasVpc: ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces"
                    + " ec2:DescribeSubnets ec2:DeleteNetworkInterface"
                    + " ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses",
                "*"));
  }

  private static boolean isClient(JavaMethodCall call) {
    return SERVICES.keySet().stream().anyMatch(call.getTargetOwner()::isEquivalentTo);
  }

  /** {@code getOpenIDConnectProvider} of the IAM client is {@code iam:GetOpenIDConnectProvider}. */
  private static String action(JavaMethodCall call) {
    String service = SERVICES.get(call.getTargetOwner().reflect());
    String name = call.getName();
    return service + ":" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  @Test
  void noStatementOfTheFunctionReachesMoreThanProvidersOfEksIssuersAndClusters() {
    List<String> resources = new ArrayList<>();
    for (Map<?, ?> statement : statements()) {
      List<String> actions = strings(statement.get("Action"));
      if (String.valueOf(statement.get("Sid")).equals("ListClustersAndStacks")) {
        assertThat(actions).containsExactly("eks:ListClusters", "cloudformation:ListStacks");
      } else if (String.valueOf(statement.get("Sid")).equals("ReadProvidersOfEveryForm")) {
        assertThat(actions).containsExactly("iam:GetOpenIDConnectProvider");
      } else if (actions.equals(List.of("cloudformation:ListStackResources"))) {
        assertThat(strings(statement.get("Resource")))
            .containsExactly("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/*");
      } else if (!actions.equals(List.of("iam:ListOpenIDConnectProviders"))
          // RolePatternsTest has what creates providers, the test above what Lambda does.
          && !actions.getFirst().matches("iam:Create.*|(logs|sqs|kms|xray|ec2):.*")) {
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
    assertThat(TEMPLATE.at("Outputs", "ServiceToken", "Value"))
        .isEqualTo(Map.of("Ref", "Function.Alias"));
    assertThat(TEMPLATE.at("Outputs", "ServiceToken", "Export", "Name"))
        .isEqualTo(Map.of("Ref", "ExportName"));
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "AutoPublishAlias"))
        .isEqualTo("live");
    assertThat(TEMPLATE.at("Parameters", "ExportName", "Default"))
        .isEqualTo("eks-oidc-provider-ServiceToken");
  }

  @Test
  void theHandlerIsTheFunction() {
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "Handler"))
        .isEqualTo(CustomResourceHandler.class.getName() + "::handleRequest");
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "Runtime")).isEqualTo("java25");
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "CodeUri"))
        .isEqualTo("target/function.zip");
  }

  /** All statements of the role's policies, also of those that a parameter turns off. */
  private List<Map<?, ?>> statements() {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Object entry : (List<?>) TEMPLATE.at("Resources", "Role", "Properties", "Policies")) {
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
  void eventsWithoutAResponseAreKeptAndReported() {
    Map<String, Object> invocations = TEMPLATE.map("Resources", "Invocations", "Properties");
    assertThat(String.valueOf(invocations.get("DestinationConfig")))
        .contains("OnFailure", "HasFailureQueue", "Failures");
    assertThat(invocations.get("Qualifier").toString()).contains("Function.Alias");
    assertThat(invocations.get("MaximumRetryAttempts")).isEqualTo(2);
    assertThat(invocations.get("MaximumEventAgeInSeconds")).isEqualTo(3600);
    for (String alarm :
        List.of(
            "ErrorAlarm", "ThrottleAlarm", "DroppedEventAlarm", "DeliveryAlarm", "FailureAlarm")) {
      assertThat(TEMPLATE.at("Resources", alarm, "Properties", "AlarmActions"))
          .isEqualTo(List.of(Map.of("Ref", "AlarmTopicArn")));
      assertThat(TEMPLATE.at("Resources", alarm, "Condition")).asString().contains("Alarm");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ErrorAlarm,        AWS/Lambda,      Errors,                             Sum,      60,     1",
    "ThrottleAlarm,     AWS/Lambda,      Throttles,                          Sum,      60,     1",
    "DroppedEventAlarm, AWS/Lambda,      AsyncEventsDropped,                 Sum,      60,     1",
    "DeliveryAlarm,     AWS/Lambda,      DestinationDeliveryFailures,        Sum,      60,     1",
    "FailureAlarm,      AWS/SQS,         ApproximateNumberOfMessagesVisible, Maximum,  60,     1",
    "FindingAlarm,      EksOidcProvider, Findings,                           Maximum,  86400,  1",
    "QuotaAlarm,        EksOidcProvider, QuotaUsed,                          Maximum,  86400, 80",
    "FailedAuditAlarm,  EksOidcProvider, FailedAudits,                       Maximum,  86400,  1"
  })
  void eachAlarmIsOnItsMetric(
      String alarm, String namespace, String metric, String statistic, int period, int threshold) {
    Map<String, Object> properties = TEMPLATE.map("Resources", alarm, "Properties");
    assertThat(properties)
        .containsEntry("Namespace", namespace)
        .containsEntry("MetricName", metric)
        .containsEntry("Statistic", statistic)
        .containsEntry("Period", period)
        .containsEntry("EvaluationPeriods", 1)
        .containsEntry("Threshold", threshold)
        .containsEntry("ComparisonOperator", "GreaterThanOrEqualToThreshold")
        .containsEntry(
            "Dimensions",
            List.of(
                namespace.equals("AWS/SQS")
                    ? Map.of(
                        "Name",
                        "QueueName",
                        "Value",
                        Map.of("Fn::GetAtt", List.of("Failures", "QueueName")))
                    : Map.of("Name", "FunctionName", "Value", Map.of("Ref", "Function"))));
  }

  /** A cluster takes ten minutes to be created, and a request waits for its issuer. */
  @Test
  void aRequestMayTakeAsLongAsLambdaAllows() {
    assertThat(TEMPLATE.at("Parameters", "Timeout", "Default")).isEqualTo(900);
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "Timeout"))
        .isEqualTo(Map.of("Ref", "Timeout"));
  }

  /** A Number takes 100.5, with which each scheduled audit fails. */
  @ParameterizedTest
  @CsvSource({
    "1, true",
    "100, true",
    "99999, true",
    "100000, true",
    "0, false",
    "100001, false",
    "100.5, false",
    "1e2, false",
    "007, false",
    "'', false",
    "-1, false"
  })
  void quotaIsAWholeNumber(String value, boolean isAllowed) {
    assertThat(TEMPLATE.at("Parameters", "ProviderQuota", "Type")).isEqualTo("String");
    assertThat(value.matches((String) TEMPLATE.at("Parameters", "ProviderQuota", "AllowedPattern")))
        .isEqualTo(isAllowed);
  }

  @Test
  void theFunctionIsToldWhetherItMayTakeOver() {
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "Environment", "Variables"))
        .isEqualTo(Map.of("ALLOW_TAKE_OVER", Map.of("Ref", "AllowTakeOver")));
  }

  @Test
  void theScheduleOnlyReports() {
    assertThat(TEMPLATE.at("Resources", "AuditSchedule", "Properties", "Target", "Input"))
        .isEqualTo(Map.of("Fn::Sub", "{\"Audit\": \"Report\", \"Quota\": ${ProviderQuota}}"));
    assertThat(TEMPLATE.at("Resources", "AuditSchedule", "Properties", "Target", "Arn"))
        .isEqualTo(Map.of("Ref", "Function.Alias"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          Off; true
          OnDemand; true
          rate(1 day); true
          rate(12 hours); true
          cron(0 6 * * ? *); true
          off; false
          daily; false
          rate(0 days); false
          at(2026-01-01T00:00:00); false
          """)
  void auditIsOffOnDemandOrASchedule(String value, boolean allowed) {
    String pattern = String.valueOf(TEMPLATE.at("Parameters", "Audit", "AllowedPattern"));
    assertThat(value.matches(pattern)).isEqualTo(allowed);
  }

  /** SnapStartIT sends its input to the function. */
  @Test
  void theScheduleOfSnapStartInvokesTheAlias() {
    assertThat(TEMPLATE.at("Resources", "KeepAliveSchedule", "Properties", "Target", "Arn"))
        .isEqualTo(Map.of("Ref", "Function.Alias"));
  }

  @Test
  void snapStartIsOffUnlessAParameterTurnsItOn() {
    assertThat(TEMPLATE.at("Resources", "Function", "Properties", "SnapStart", "ApplyOn"))
        .isEqualTo(Map.of("Ref", "SnapStart"));
    assertThat(TEMPLATE.at("Parameters", "SnapStart", "Default")).isEqualTo("None");
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
