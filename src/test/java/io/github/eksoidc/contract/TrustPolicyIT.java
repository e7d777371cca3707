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

/** {@code Custom::IrsaTrustPolicy}, as the packaged function answers it. */
class TrustPolicyIT extends FunctionTestBase {

  private static final String TYPE = "Custom::IrsaTrustPolicy";

  @Test
  void aCreateWritesTheDocumentAndCallsNothing() throws IOException {
    InvocationResult played = succeeded(play(TestEvents.create(STACK, desired("default:app"))));

    assertThat(played.calls()).isEmpty();
    assertThat(played.physicalId()).startsWith("irsa-trust-policy/");
    assertThat(played.attribute("Issuer")).isEqualTo(ISSUER);
    var statement =
        FunctionClient.JSON.readTree(played.attribute("PolicyDocument")).path("Statement").path(0);
    assertThat(statement.at("/Principal/Federated").asText()).isEqualTo(ARN);
    var equals = statement.path("Condition").path("StringEquals");
    assertThat(equals.path(ISSUER + ":aud").asText()).isEqualTo("sts.amazonaws.com");
    assertThat(equals.path(ISSUER + ":sub").asText())
        .isEqualTo("system:serviceaccount:default:app");
  }

  @Test
  void theIdStaysTheSameOverUpdates() {
    InvocationResult created = succeeded(play(TestEvents.create(STACK, desired("default:app"))));
    Map<String, Object> other = desired("default:app", "web:*");
    other.put("ProviderArn", OTHER_ARN);
    other.put("Audience", "vault");
    InvocationResult updated =
        succeeded(
            play(TestEvents.update(STACK, created.physicalId(), other, desired("default:app"))));

    assertThat(updated.physicalId()).isEqualTo(created.physicalId());
    assertThat(updated.attribute("Issuer")).isEqualTo(OTHER_ISSUER);
    assertThat(updated.attribute("PolicyDocument")).contains("vault", "web:*", OTHER_ARN);
    assertThat(updated.calls()).isEmpty();
  }

  @Test
  void aCreateThatComesTwiceAnswersTheSame() {
    InvocationResult first = succeeded(play(TestEvents.create(STACK, desired("default:app"))));
    InvocationResult second = succeeded(play(TestEvents.create(STACK, desired("default:app"))));
    assertThat(second.physicalId()).isEqualTo(first.physicalId());
    assertThat(second.attribute("PolicyDocument")).isEqualTo(first.attribute("PolicyDocument"));
    InvocationResult other =
        succeeded(play(TestEvents.create(OTHER_STACK, desired("default:app"))));
    assertThat(other.physicalId()).isNotEqualTo(first.physicalId());
  }

  @Test
  void aDeleteSucceedsWhateverThePropertiesAre() {
    for (Map<String, Object> properties : List.of(desired("default:app"), properties("Old", "x"))) {
      InvocationResult played =
          succeeded(play(TestEvents.delete(STACK, "irsa-trust-policy/x", properties)));
      assertThat(played.physicalId()).isEqualTo("irsa-trust-policy/x");
      assertThat(played.calls()).isEmpty();
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        row("no ARN", properties("ServiceAccounts", List.of("a:b")), "ProviderArn is missing"),
        row("no accounts", properties("ProviderArn", ARN), "ServiceAccounts is missing"),
        row("empty accounts", desired(), "ServiceAccounts is empty"),
        row("accounts as text", with("ServiceAccounts", "a:b"), "ServiceAccounts", "text", "list"),
        row("an account as map", with("ServiceAccounts", List.of(Map.of())), "[0]", "map"),
        row("a bad account", desired("a:b", "default"), "ServiceAccounts[1]", "namespace:name"),
        row("ARN as list", with("ProviderArn", List.of(ARN)), "ProviderArn", "list", "text"),
        row("another ARN", with("ProviderArn", "arn:aws:s3:::b"), "ProviderArn", "arn:aws:s3:::b"),
        row("empty audience", with("Audience", ""), "Audience", "1 to 255"),
        row("long audience", with("Audience", "x".repeat(256)), "Audience", "256 characters"),
        row("a variable", with("Audience", "${aws:username}"), "Audience", "${"),
        row("unknown", with("ServiceAccount", "a:b"), "ServiceAccount", "Did you mean"));
  }

  private static Arguments row(String name, Map<String, Object> properties, String... told) {
    return Arguments.of(name, properties, List.of(told));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String name, Map<String, Object> properties, List<String> told) {
    InvocationResult played = failed(play(TestEvents.create(STACK, properties)));
    assertThat(played.reason()).contains(told);
    assertThat(played.calls()).isEmpty();

    // The rollback's Delete, and an Update that keeps the old id.
    succeeded(play(TestEvents.delete(STACK, played.physicalId(), properties)));
    InvocationResult updated =
        failed(play(TestEvents.update(STACK, "irsa-trust-policy/x", properties, desired("a:b"))));
    assertThat(updated.physicalId()).isEqualTo("irsa-trust-policy/x");
  }

  @Test
  void aDocumentThatDoesNotFitIsRefusedWithHowManyFit() {
    List<String> many = IntStream.range(100, 200).mapToObj(i -> "namespace:account-" + i).toList();
    InvocationResult played = failed(play(TestEvents.create(STACK, with("ServiceAccounts", many))));

    Matcher figures =
        Pattern.compile(
                "The trust policy of 100 service accounts has ([0-9,]+) bytes, ([0-9,]+) more than"
                    + " .* hold; the first ([0-9]+) of them would fit\\..*")
            .matcher(played.reason());
    assertThat(figures.matches()).as(played.reason()).isTrue();
    int fit = Integer.parseInt(figures.group(3));
    succeeded(play(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit)))));
    failed(play(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit + 1)))));
  }

  private static Map<String, Object> desired(String... serviceAccounts) {
    return properties("ProviderArn", ARN, "ServiceAccounts", List.of(serviceAccounts));
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> properties = desired("a:b");
    properties.put(name, value);
    return properties;
  }

  private InvocationResult play(ObjectNode event) {
    event.put("ResourceType", TYPE);
    return client.send(event);
  }
}
