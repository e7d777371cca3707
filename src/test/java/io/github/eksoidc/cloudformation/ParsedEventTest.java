package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the function reads from a valid and from a broken event. */
class ParsedEventTest {

  private static final String URL = "\"ResponseURL\": \"https://bucket.example/key?secret\"";
  private static final String VALID =
      "\"StackId\": \"s\", \"RequestId\": \"r\", \"LogicalResourceId\": \"P\","
          + " \"ResourceType\": \"Custom::X\", \"ResourceProperties\": {\"a\": [\"b\", {\"c\":"
          + " true}, null, 1.5]}";

  @Test
  void readsAValidEvent() {
    ParsedEvent event = read("{\"RequestType\": \"Create\", \"New\": {\"x\": []}, " + VALID + "}");
    assertThat(event.problem()).isEmpty();
    Request request = RequestParser.parse(event);
    assertThat(request).isInstanceOf(Request.Create.class);
    assertThat(request.resource().logicalId()).isEqualTo("P");
    assertThat(request.properties())
        .isEqualTo(Map.of("a", Arrays.asList("b", Map.of("c", true), null, 1.5)));
  }

  /** Each in a name, where Jackson rejects it, and in a value. The URL follows. */
  @ParameterizedTest
  @ValueSource(strings = {"D800", "dbff", "DC00", "dfFF", "DC00\\uD800", "D800\\uD83D\\uDE00"})
  void aLoneSurrogateHidesNoResponseUrl(String escaped) {
    String text = "a\\u" + escaped + "b";
    ParsedEvent event =
        read(
            "{\"ResourceProperties\": {\"%s\": \"%s\"}, \"%s\": 1, %s}"
                .formatted(text, text, text, URL));
    assertThat(event.problem()).isEmpty();
    assertThat(event.event().getResponseUrl()).isEqualTo("https://bucket.example/key?secret");
    Map<String, Object> properties = event.event().getResourceProperties();
    properties.forEach((name, value) -> assertThat(value).isEqualTo(name));
    assertThat(properties.toString()).contains("\uFFFD");
  }

  @ParameterizedTest
  @CsvSource({
    "\\ud83d\\uDE00, \uD83D\uDE00",
    "\\\\uD800, \\uD800",
    "\\\\\\\\uDC00, \\\\uDC00",
    "\\uD7FF\\uE000, \uD7FF\uE000"
  })
  void otherEscapesStayAsTheyAre(String json, String expected) {
    ParsedEvent event = read("{\"ResourceProperties\": {\"%s\": \"%s\"}}".formatted(json, json));
    assertThat(event.event().getResourceProperties()).isEqualTo(Map.of(expected, expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | it is not a JSON object",
        "null                        | it is not a JSON object",
        "[]                          | it is not a JSON object",
        "'\"Create\"'                | it is not a JSON object",
        "12                          | it is not a JSON object",
        "{@} {}                      | followed by other text",
        "{@                          | it is not valid JSON at line 1",
        "{@, \"StackId\": 1}         | StackId is not a string",
        "{@, \"StackId\": null}      | StackId is not a string",
        "{@, \"RequestType\": [{}]}  | RequestType is not a string",
        "{@, \"ResourceProperties\": \"x\"}    | ResourceProperties is not an object",
        "{@, \"OldResourceProperties\": [1]}   | OldResourceProperties is not an object",
        "{@, \"StackId\": \"\\uZZZZ\"}         | it is not valid JSON"
      })
  void namesTheBrokenMemberWithoutItsValue(String json, String expected) {
    ParsedEvent event = read(json.replace("@", URL));
    assertThat(event.problem().orElse("none"))
        .contains(expected)
        .doesNotContain("bucket", "secret");
    if (json.contains("@")) {
      assertThat(event.event().getResponseUrl()).isEqualTo("https://bucket.example/key?secret");
    }
  }

  /**
   * The depth at which a value is dropped before the parser sees it lies beyond the one allowed.
   */
  @ParameterizedTest
  @ValueSource(ints = {31, 32, 33, 63, 64, 65, 66, 1_000, 500_000})
  void deepValuesDoNotHideWhatFollows(int depth) {
    for (String member : List.of("ResourceProperties", "Other", "StackId")) {
      for (String open : List.of("[", "{\"]}\\\"\\\\\": ", "[0, ")) {
        String close = open.startsWith("{") ? "}" : "]";
        String deep = open.repeat(depth) + "1" + close.repeat(depth);
        ParsedEvent event = read("{\"%s\": {\"a\": [%s, \"]\"]}, %s}".formatted(member, deep, URL));
        assertThat(event.event().getResponseUrl()).isEqualTo("https://bucket.example/key?secret");
        assertThat(event.problem().orElse("")).doesNotContain("JSON");
        if (member.equals("ResourceProperties")) {
          assertThat(event.problem().filter(p -> p.contains("is nested deeper than")).isPresent())
              .isEqualTo(depth + 2 > 32);
        }
      }
    }
  }

  @Test
  void tooManyValuesAreAProblemAndTheRestIsRead() {
    ParsedEvent event =
        read("{\"ResourceProperties\": {\"a\": [" + "{},".repeat(200_000) + "1]}, " + URL + "}");
    assertThat(event.problem().orElseThrow()).contains("ResourceProperties has too many values");
    assertThat(event.event().getResponseUrl()).isNotNull();
  }

  @Test
  void aNumberOfManyDigitsIsReadAsText() {
    String digits = "9".repeat(1_000_000);
    ParsedEvent event =
        read("{%s, \"RequestType\": \"Create\", %s}".formatted(URL, VALID.replace("1.5", digits)));
    assertThat(RequestParser.parse(event).properties().get("a").toString()).endsWith(digits + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "RequestType, Create",
    "StackId, Create",
    "RequestId, Create",
    "LogicalResourceId, Create",
    "ResourceType, Create",
    "ResourceProperties, Create",
    "ResourceProperties, Update",
    "PhysicalResourceId, Update",
    "PhysicalResourceId, Delete"
  })
  void namesTheMissingMember(String missing, String type) {
    StringBuilder json = new StringBuilder("{");
    for (String name :
        List.of(
            "StackId", "RequestId", "LogicalResourceId", "ResourceType", "PhysicalResourceId")) {
      if (!name.equals(missing)) {
        json.append("\"").append(name).append("\": \"x\", ");
      }
    }
    if (!missing.equals("RequestType")) {
      json.append("\"RequestType\": \"").append(type).append("\", ");
    }
    if (!missing.equals("ResourceProperties")) {
      json.append("\"ResourceProperties\": {}, ");
    }
    ParsedEvent event = read(json + "\"Last\": 1}");
    assertThatThrownBy(() -> RequestParser.parse(event))
        .isInstanceOf(RequestFailedException.class)
        .hasMessage("The event has no " + missing + ".");
  }

  @Test
  void namesAnUnknownRequestType() {
    ParsedEvent event = read("{\"RequestType\": \"Destroy\", " + VALID + "}");
    assertThatThrownBy(() -> RequestParser.parse(event))
        .hasMessage("RequestType is \"Destroy\", but must be Create, Update or Delete.");
  }

  private static ParsedEvent read(String json) {
    return ParsedEvent.parse(json.getBytes(UTF_8));
  }

  @Test
  void redactsThePreSignedUrlEverywhere() {
    String url = "https://b.example/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a1b2c3d";
    ParsedEvent event =
        read(
            """
            {"RequestType": "Create", "ResponseURL": "@", "StackId": "@", "RequestId": "r",
             "LogicalResourceId": "see @", "ResourceType": "t", "PhysicalResourceId":
             "/k?x-amz-signature=0a1b2c3d",
             "ResourceProperties": {"@": 1, "a": [{"b": "@"}, "b?Signature=xyz&AWSAccessKeyId=A"]}}
            """
                .replace("@", url));
    assertThat(event.event().getResponseUrl()).isEqualTo(url);
    event.event().setResponseUrl("");
    assertThat(event.event().toString()).doesNotContainIgnoringCase("signature=", "0a1b2c3d");
    assertThat(RequestParser.parse(event).properties()).containsEntry("(a pre-signed URL)", 1);
  }

  @Test
  void redactsOtherQueries() {
    ParsedEvent event = read("{" + URL + ", " + VALID.replace("\"s\"", "\"x?secret\"") + "}");
    assertThat(event.event().getStackId()).isEqualTo("x?secret");
    ParsedEvent secret =
        read("{" + URL.replace("secret", "secret-token") + ", \"StackId\": \"secret-token\"}");
    assertThat(secret.event().getStackId()).isEqualTo("(a pre-signed URL)");
  }
}
