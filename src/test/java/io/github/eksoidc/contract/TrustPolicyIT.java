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
import org.junit.jupiter.api.Test;

/** {@code Custom::IrsaTrustPolicy}, with the packaged function. */
class TrustPolicyIT extends FunctionTestBase {

  @Test
  void aCreateWritesTheDocumentWithoutAwsCalls() throws IOException {
    InvocationResult result = succeeded(sendTrust(TestEvents.create(STACK, trust("default:app"))));

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
    InvocationResult created = succeeded(sendTrust(TestEvents.create(STACK, trust("default:app"))));
    Map<String, Object> other = trust("default:app", "web:*");
    other.put("ProviderArn", OTHER_ARN);
    other.put("Audience", "vault");
    other.put("PodIdentity", "true");
    other.put("ClusterNames", List.of("blue"));
    InvocationResult updated =
        succeeded(
            sendTrust(TestEvents.update(STACK, created.physicalId(), other, trust("default:app"))));

    assertThat(updated.physicalId()).isEqualTo(created.physicalId());
    assertThat(updated.attribute("Issuer")).isEqualTo(OTHER_ISSUER);
    assertThat(updated.attribute("PolicyDocument")).contains("vault", "web:*", OTHER_ARN, "blue");
    assertThat(updated.calls()).isEmpty();
  }

  @Test
  void aCreateThatIsDeliveredTwiceHasTheSameResponse() {
    InvocationResult first = succeeded(sendTrust(TestEvents.create(STACK, trust("default:app"))));
    InvocationResult second = succeeded(sendTrust(TestEvents.create(STACK, trust("default:app"))));
    assertThat(second.physicalId()).isEqualTo(first.physicalId());
    assertThat(second.attribute("PolicyDocument")).isEqualTo(first.attribute("PolicyDocument"));
    InvocationResult other =
        succeeded(sendTrust(TestEvents.create(OTHER_STACK, trust("default:app"))));
    assertThat(other.physicalId()).isNotEqualTo(first.physicalId());
  }

  /** TrustPolicyTest has the other reasons. */
  @Test
  void anUnknownPropertyIsRejected() {
    Map<String, Object> properties = with("ServiceAccount", "a:b");
    InvocationResult result = failed(sendTrust(TestEvents.create(STACK, properties)));
    assertThat(result.reason()).contains("\"ServiceAccount\". Did you mean ServiceAccounts?");
    assertThat(result.calls()).isEmpty();

    // The rollback's Delete, and an Update that keeps the old id.
    succeeded(sendTrust(TestEvents.delete(STACK, result.physicalId(), properties)));
    InvocationResult updated =
        failed(
            sendTrust(TestEvents.update(STACK, "irsa-trust-policy/x", properties, trust("a:b"))));
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
      InvocationResult result = succeeded(sendTrust(event));
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
    InvocationResult result =
        failed(sendTrust(TestEvents.create(STACK, with("ServiceAccounts", many))));

    Matcher figures =
        Pattern.compile(
                "The trust policy of 100 service accounts has ([0-9,]+) bytes, ([0-9,]+) more than"
                    + " fit into .*; the first ([0-9]+) of them fit\\..*Fn::Sub.* 8,192 .* 2,048 .*")
            .matcher(result.reason());
    assertThat(figures.matches()).as(result.reason()).isTrue();
    int fit = Integer.parseInt(figures.group(3));
    InvocationResult fits =
        succeeded(
            sendTrust(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit)))));
    // A policy of the default quota always fits.
    assertThat(fits.attribute("PolicyDocument").length()).isGreaterThan(2_048);
    failed(sendTrust(TestEvents.create(STACK, with("ServiceAccounts", many.subList(0, fit + 1)))));
  }

  @Test
  void moreProvidersThanFitAreRejectedWithTheirNumber() {
    List<String> arns = IntStream.range(100, 120).mapToObj(i -> ARN + i).toList();
    InvocationResult result =
        failed(sendTrust(TestEvents.create(STACK, withProviders(arns.toArray(String[]::new)))));
    assertThat(result.reason()).contains("not even one of them fits with 20 providers");
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> properties = trust("a:b");
    properties.put(name, value);
    return properties;
  }

  private static Map<String, Object> withProviders(String... arns) {
    return properties("ProviderArns", List.of(arns), "ServiceAccounts", List.of("a:b"));
  }
}
