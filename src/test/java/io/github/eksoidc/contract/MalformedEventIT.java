package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.InvocationResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that CloudFormation does not send. Each with a usable response URL gets a response. */
class MalformedEventIT extends FunctionTestBase {

  private static final String IDS =
      "\"StackId\": \"arn:s\", \"RequestId\": \"r\", \"LogicalResourceId\": \"P\"";
  private static final String TYPE = "\"ResourceType\": \"Custom::EksOidcProvider\"";
  private static final String NAME = "\"ResourceProperties\": {\"ClusterName\": \"main\"}";
  private static final String CREATE = "\"RequestType\": \"Create\"";

  static final List<Arguments> WITH_RESPONSE_URL =
      List.of(
          row("no RequestType", "@, IDS, TYPE, NAME", "no RequestType"),
          row("a number", "@, CREATE, IDS, TYPE, NAME, 'StackId': 7", "StackId is not a string"),
          row(
              "unknown ResourceType",
              "@, CREATE, IDS, NAME, 'ResourceType': 'Custom::Other'",
              "Custom::Other",
              "Custom::EksOidcProvider"),
          row("Delete without an id", "@, IDS, TYPE, NAME, 'RequestType': 'Delete'", "Physical"),
          row(
              "breaks off",
              "@, CREATE, IDS, 'ResourceProperties': {'ClusterName",
              "not valid JSON"),
          row(
              "10,000 deep",
              "@, CREATE, IDS, TYPE, 'ResourceProperties': {'ClusterName': DEEP}",
              "nested deeper than"),
          row(
              "6 MB in a value",
              "@, CREATE, IDS, TYPE, 'ResourceProperties': {'ClusterName': 'LONG'}",
              "ClusterName",
              "characters"),
          row(
              "6 MB in a name",
              "@, CREATE, IDS, TYPE, 'ResourceProperties': {'LONG': 'x'}",
              "Unknown property"),
          row(
              "NUL",
              "@, CREATE, IDS, TYPE, 'ResourceProperties': {'ClusterName': 'a\\u0000b'}",
              "ClusterName"),
          row(
              "a lone surrogate",
              "@, CREATE, IDS, TYPE, 'ResourceProperties': {'ClusterName': 'a\\uD800b'}",
              "ClusterName"),
          row(
              "a lone surrogate in an id",
              "@, CREATE, TYPE, NAME, 'StackId': '\\uDC00', 'RequestId': 'r', 'LogicalResourceId': 7",
              "LogicalResourceId is not a string"));

  private static Arguments row(String name, String members, String... expected) {
    return Arguments.of(name, members, List.of(expected));
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("WITH_RESPONSE_URL")
  void eventGetsAFailedResponse(String name, String members, List<String> expected) {
    String key = FunctionClient.nextKey();
    InvocationResult result =
        client.send(event(members, aws.responseUrl(key)), key, Duration.ofMinutes(1));

    failed(result);
    assertThat(result.reason()).contains(expected);
    assertThat(result.responses()).isEqualTo(1);
    assertThat(result.response().path("PhysicalResourceId").asText()).isNotEmpty();
    assertThat(result.calls()).isEmpty();
    assertThat(result.returned().failed()).isFalse();
    assertThat(result.time()).isLessThan(Duration.ofSeconds(5));
  }

  private static byte[] event(String members, String url) {
    String json =
        members
            .replace('\'', '"')
            .replace("@", "\"ResponseURL\": \"" + url + "\"")
            .replace("IDS", IDS)
            .replace("TYPE", TYPE)
            .replace("NAME", NAME)
            .replace("CREATE", CREATE)
            .replace("DEEP", "[".repeat(10_000) + "]".repeat(10_000))
            .replace("LONG", "x".repeat(6_000_000));
    return ("{" + json + "}").getBytes(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        "{}",
        "not JSON",
        "{\"key1\": \"value1\", \"key2\": \"value2\"}",
        "{\"ResponseURL\": 7}",
        "{\"ResponseURL\": \"\"}",
        "{\"ResponseURL\": \"http://example.com/not-https\"}",
        "{\"ResponseURL\": \"file:///etc/passwd\"}",
        "{\"ResponseURL\": \"https://user@example.com/\"}"
      })
  void missingResponseUrlIsTheResult(String event) {
    String key = FunctionClient.nextKey();
    InvocationResult result = client.send(event.getBytes(UTF_8), key, Duration.ofMinutes(1));
    assertThat(result.responses()).isZero();
    assertThat(result.returned().text())
        .contains("errorMessage", "no usable ResponseURL", "CloudFormation")
        .doesNotContain("example.com", "passwd");
    assertThat(result.calls()).isEmpty();
  }

  /** Emulators in Docker send such URLs. Without the cause, their stacks wait for nothing. */
  @Test
  void aResponseUrlWithoutHttpsIsNamedInTheResultAndInTheLog() {
    String key = FunctionClient.nextKey();
    byte[] event =
        event("@, CREATE, IDS, TYPE, NAME", "http://host.docker.internal:4566/a?Signature=" + key);
    InvocationResult result = client.send(event, key, Duration.ofMinutes(1));
    assertThat(result.responses()).isZero();
    assertThat(result.calls()).isEmpty();
    String problem = "The URL begins with http, and the function sends responses over https only";
    assertThat(result.returned().text()).contains(problem).doesNotContain("docker.internal", key);
    assertThat(function.outputWith("no response URL"))
        .anySatisfy(line -> assertThat(line).contains("no response URL", problem))
        .noneSatisfy(line -> assertThat(line).contains("docker.internal"));
  }
}
