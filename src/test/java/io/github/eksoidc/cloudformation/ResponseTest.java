package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.resource.ResourceResult;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The body of a response, and how a body that is too long is cut. */
class ResponseTest {

  @Test
  void successHasTheAttributes() throws IOException {
    SequencedMap<String, String> data = new LinkedHashMap<>(Map.of("Arn", "a"));
    assertThat(
            new String(
                new Response.Success(new ResourceResult("id", data)).body(event("s")), UTF_8))
        .isEqualTo(
            "{\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\"id\",\"StackId\":\"s\","
                + "\"RequestId\":\"r\",\"LogicalResourceId\":\"P\",\"Data\":{\"Arn\":\"a\"}}");
  }

  @Test
  void failureHasTheReason() throws IOException {
    JsonNode body = read(new Response.Failed("id", "because \"x\"\n").body(event("s")));
    assertThat(body.path("Status").asText()).isEqualTo("FAILED");
    assertThat(body.path("Reason").asText()).isEqualTo("because \"x\" ");
    assertThat(body.path("PhysicalResourceId").asText()).isEqualTo("id");
    assertThat(body.has("Data")).isFalse();
  }

  /** Sequences that a reader sees as one character. */
  static final List<Arguments> CHARACTERS =
      List.of(
          Arguments.of("letter", "x"),
          Arguments.of("two bytes", "\u00e9"),
          Arguments.of("quoted in JSON", "\""),
          Arguments.of("emoji", "\uD83D\uDE00"),
          Arguments.of("e and a combining acute", "e\u0301"),
          Arguments.of("a letter with nine combining marks", "a" + "\u0323".repeat(9)),
          Arguments.of(
              "a family", "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66"),
          Arguments.of("a flag", "\uD83C\uDDEA\uD83C\uDDFA"));

  @ParameterizedTest(name = "{0}")
  @FieldSource("CHARACTERS")
  void longReasonIsCutBetweenCharacters(String name, String character) throws IOException {
    byte[] bytes = new Response.Failed("id", character.repeat(5000)).body(event("s"));

    assertThat(bytes.length).isLessThanOrEqualTo(4096).isGreaterThan(4096 - 200);
    String reason = read(bytes).path("Reason").asText();
    assertThat(reason).endsWith("…");
    String kept = reason.substring(0, reason.length() - 1);
    assertThat(kept.length() % character.length()).isZero();
    assertThat(kept).isEqualTo(character.repeat(kept.length() / character.length()));
  }

  /** Reasons quote what is in templates, in tags and in the errors of AWS. */
  @Test
  void reasonIsPrintable() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      String reason =
          random
              .ints(1 + random.nextInt(60), 0, random.nextBoolean() ? 0x300 : 0x11_0000)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      String sent =
          read(new Response.Failed("id", reason).body(event("s"))).path("Reason").asText();
      assertThat(sent.codePoints().mapToObj(Character::getType))
          .as(reason)
          .doesNotContain(
              (int) Character.CONTROL,
              (int) Character.SURROGATE,
              (int) Character.UNASSIGNED,
              (int) Character.PRIVATE_USE,
              (int) Character.LINE_SEPARATOR,
              (int) Character.PARAGRAPH_SEPARATOR);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a\u001b[31mb,        a\ufffd[31mb",
    "'a\tb\nc\r\nd\u2028e', a b c  d e",
    "a\u202eb\u2066c\u200b, a\ufffdb\ufffdc\ufffd",
    "a\u0000b\u007fc\u0085d, a\ufffdb\ufffdc d",
    "\u00e9\u4e16\ud83d\ude00, \u00e9\u4e16\ud83d\ude00"
  })
  void whatIsNotPrintableIsReplaced(String reason, String sent) {
    assertThat(new Response.Failed("id", reason).reason()).isEqualTo(sent);
  }

  @Test
  void reasonThatFitsIsNotCut() throws IOException {
    int rest = new Response.Failed("id", "x").body(event("s")).length - 1;
    String reason = "x".repeat(4096 - rest);
    byte[] bytes = new Response.Failed("id", reason).body(event("s"));
    assertThat(bytes).hasSize(4096);
    assertThat(read(bytes).path("Reason").asText()).isEqualTo(reason);
    assertThat(new Response.Failed("id", reason + "x").body(event("s"))).hasSizeLessThan(4097);
  }

  @Test
  void successThatIsTooLongBecomesAFailure() throws IOException {
    SequencedMap<String, String> data = new LinkedHashMap<>(Map.of("Doc", "d".repeat(5000)));
    JsonNode body = read(new Response.Success(new ResourceResult("id", data)).body(event("s")));
    assertThat(body.path("Status").asText()).isEqualTo("FAILED");
    assertThat(body.path("PhysicalResourceId").asText()).isEqualTo("id");
    assertThat(body.path("Reason").asText()).contains("4096");
  }

  @Test
  void physicalIdIsCutAtCloudFormationsLimit() throws IOException {
    for (int length : List.of(1023, 1024, 1025, 1500)) {
      String id = "i".repeat(length);
      JsonNode failed = read(new Response.Failed(id, "why").body(event("s")));
      JsonNode succeeded = read(new Response.Success(ResourceResult.of(id)).body(event("s")));
      assertThat(failed.path("PhysicalResourceId").asText()).hasSize(Math.min(length, 1024));
      assertThat(succeeded.path("PhysicalResourceId").asText()).hasSize(Math.min(length, 1024));
    }
  }

  @Test
  void bodyFitsWithIdsOfAnySize() throws IOException {
    for (String unit : List.of("x", "\u00e9", "\u0000", "\uD83D\uDE00", "\uD800")) {
      byte[] bytes = new Response.Failed(unit.repeat(9000), "why").body(event(unit.repeat(9000)));
      assertThat(bytes).hasSizeLessThan(4097);
      assertThat(read(bytes).path("Reason").asText()).isNotEmpty();
    }
  }

  @Test
  void eventWithoutIdsGetsAResponse() throws IOException {
    JsonNode body =
        read(new Response.Failed("id", "why").body(new CloudFormationCustomResourceEvent()));
    assertThat(body.path("StackId").asText("missing")).isEmpty();
  }

  private static CloudFormationCustomResourceEvent event(String stack) {
    var event = new CloudFormationCustomResourceEvent();
    event.setStackId(stack);
    event.setRequestId("r");
    event.setLogicalResourceId("P");
    return event;
  }

  private static JsonNode read(byte[] bytes) throws IOException {
    return new ObjectMapper().readTree(new String(bytes, UTF_8));
  }
}
