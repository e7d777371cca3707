package io.github.eksoidc.contract;

import static io.github.eksoidc.harness.TestEvents.properties;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code Custom::IrsaTrustPolicy}, with the packaged function. */
class TrustPolicyIT extends FunctionTestBase {

  private static final String TYPE = "Custom::IrsaTrustPolicy";

  @Test
  void aCreateWritesTheDocumentWithoutAwsCalls() throws IOException {
    InvocationResult result = succeeded(send(TestEvents.create(STACK, desired("default:app"))));

    assertThat(result.calls()).isEmpty();
    assertThat(result.physicalId()).startsWith("irsa-trust-policy/");
    assertThat(result.attribute("Issuer")).isEqualTo(ISSUER);
    var statement =
        FunctionClient.JSON.readTree(result.attribute("PolicyDocument")).path("Statement").path(0);
    assertThat(statement.at("/Principal/Federated").asText()).isEqualTo(ARN);
    var equals = statement.path("Condition").path("StringEquals");
    assertThat(equals.path(ISSUER + ":aud").asText()).isEqualTo("sts.amazonaws.com");
    assertThat(equals.path(ISSUER + ":sub").asText())
        .isEqualTo("system:serviceaccount:default:app");
  }

  @Test
  void theIdStaysTheSameOverUpdates() {
    InvocationResult created = succeeded(send(TestEvents.create(STACK, desired("default:app"))));
    Map<String, Object> other = desired("default:app", "web:*");
    other.put("ProviderArn", OTHER_ARN);
    other.put("Audience", "vault");
    InvocationResult updated =
        succeeded(
            send(TestEvents.update(STACK, created.physicalId(), other, desired("default:app"))));

    assertThat(updated.physicalId()).isEqualTo(created.physicalId());
    assertThat(updated.attribute("Issuer")).isEqualTo(OTHER_ISSUER);
    assertThat(updated.attribute("PolicyDocument")).contains("vault", "web:*", OTHER_ARN);
    assertThat(updated.calls()).isEmpty();
  }

  @Test
  void aCreateThatIsDeliveredTwiceHasTheSameResponse() {
    InvocationResult first = succeeded(send(TestEvents.create(STACK, desired("default:app"))));
    InvocationResult second = succeeded(send(TestEvents.create(STACK, desired("default:app"))));
    assertThat(second.physicalId()).isEqualTo(first.physicalId());
    assertThat(second.attribute("PolicyDocument")).isEqualTo(first.attribute("PolicyDocument"));
    InvocationResult other =
        succeeded(send(TestEvents.create(OTHER_STACK, desired("default:app"))));
    assertThat(other.physicalId()).isNotEqualTo(first.physicalId());
  }

  /** TrustPolicyTest has the other reasons. */
  static Stream<Arguments> rejected() {
    return Stream.of(
        row("no ARN", properties("ServiceAccounts", List.of("a:b")), "Neither ProviderArn nor"),
        row("bad ARN", withProviders(ARN, "arn:aws:s3:::b"), "ProviderArns[1]", "s3"),
        row("Pod Identity", with("PodIdentity", "yes"), "PodIdentity", "yes", "true or false"),
        row("a bad account", desired("a:b", "default"), "ServiceAccounts[1]", "namespace:name"),
        row("long audience", with("Audience", "x".repeat(256)), "Audience", "256 characters"),
        row("a pattern", with("ClusterNames", List.of("main", "a*")), "ClusterNames[1] is \"a*\""),
        row("unknown", with("ServiceAccount", "a:b"), "ServiceAccount", "Did you mean"));
  }

  private static Arguments row(String name, Map<String, Object> properties, String... reason) {
    return Arguments.of(name, properties, List.of(reason));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void rejected(String name, Map<String, Object> properties, List<String> reason) {
    InvocationResult result = failed(send(TestEvents.create(STACK, properties)));
    assertThat(result.reason()).contains(reason);
    assertThat(result.calls()).isEmpty();

    // The rollback's Delete, and an Update that keeps the old id.
    succeeded(send(TestEvents.delete(STACK, result.physicalId(), properties)));
    InvocationResult updated =
        failed(send(TestEvents.update(STACK, "irsa-trust-policy/x", properties, desired("a:b"))));
    assertThat(updated.physicalId()).isEqualTo("irsa-trust-policy/x");
  }

  @Test
  void statementIsReturnedForPoliciesOfUpTo1500CharactersWhateverTheNames() {
    String longStack = "s".repeat(128);
    boolean left = false;
    int longest = 0;
    for (int count = 10; count < 40; count++) {
      List<String> accounts =
          IntStream.range(100, 100 + count).mapToObj(i -> "namespace:account-" + i).toList();
      ObjectNode event = TestEvents.create(longStack, with("ServiceAccounts", accounts));
      event.put("LogicalResourceId", "L".repeat(255));
      InvocationResult result = succeeded(send(event));
      int length = result.attribute("PolicyDocument").length();
      boolean returned = result.response().path("Data").has("Statement");
      assertThat(returned).as("%d characters", length).isEqualTo(length <= 1_500);
      left |= !returned;
      longest = returned ? length : longest;
    }
    assertThat(left).isTrue();
    assertThat(longest).isGreaterThan(1_400);
  }

  @Test
  void aDocumentThatDoesNotFitIsRejectedWithHowManyServiceAccountsFit() {
    List<String> many = IntStream.range(100, 200).mapToObj(i -> "namespace:account-" + i).toList();
    InvocationResult result = failed(send(TestEvents.create(STACK, with("ServiceAccounts", many))));

    Matcher figures =
        Pattern.compile(
                "The trust policy of 100 service accounts has ([0-9,]+) bytes, ([0-9,]+) more than"
                    + " fit into .*; the first ([0-9]+) of them fit\\..*Fn::Sub.* 8,192 .* 2,048 .*")
            .matcher(result.reason());
    assertThat(figures.matches()).as(result.reason()).isTrue();
    int fit = Integer.parseInt(figures.group(3));
    InvocationResult fits =
        succeeded(send(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit)))));
    // A policy of the default quota always fits.
    assertThat(fits.attribute("PolicyDocument").length()).isGreaterThan(2_048);
    failed(send(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit + 1)))));
  }

  @Test
  void moreProvidersThanFitAreRejectedWithTheirNumber() {
    List<String> arns = IntStream.range(100, 120).mapToObj(i -> ARN + i).toList();
    InvocationResult result =
        failed(send(TestEvents.create(STACK, withProviders(arns.toArray(String[]::new)))));
    assertThat(result.reason()).contains("not even one of them fits with 20 providers");
  }

  private static Map<String, Object> desired(String... serviceAccounts) {
    return properties("ProviderArn", ARN, "ServiceAccounts", List.of(serviceAccounts));
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> properties = desired("a:b");
    properties.put(name, value);
    return properties;
  }

  private static Map<String, Object> withProviders(String... arns) {
    return properties("ProviderArns", List.of(arns), "ServiceAccounts", List.of("a:b"));
  }

  private InvocationResult send(ObjectNode event) {
    event.put("ResourceType", TYPE);
    return client.send(event);
  }
}
