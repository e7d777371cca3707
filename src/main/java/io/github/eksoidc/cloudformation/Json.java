package io.github.eksoidc.cloudformation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes JSON. */
public final class Json {

  /** Lambda accepts events of up to 6 MB, so no text in an event is longer. */
  private static final int MAX_TEXT_LENGTH = 8 * 1024 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(MAX_TEXT_LENGTH)
                          .maxNameLength(MAX_TEXT_LENGTH)
                          .maxNumberLength(MAX_TEXT_LENGTH)
                          // The mapper reads nested values without recursion.
                          .maxNestingDepth(Integer.MAX_VALUE)
                          .build())
                  // An excerpt of the event in an exception's message could contain the response
                  // URL.
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  // The JDK's parser needs minutes for a number of a million digits.
                  .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                  .build())
          .build();

  /** An escape in JSON: a pair of surrogates, a lone one as the group {@code lone}, or another. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          """
          \\\\(?:u[dD][89abAB]\\p{XDigit}{2}\\\\u[dD][c-fC-F]\\p{XDigit}{2}\
          |(?<lone>u[dD][89a-fA-F]\\p{XDigit}{2})|.)""");

  private Json() {}

  /** Replaces escaped surrogates that are not in a pair, as Java does where UTF-8 is invalid. */
  static String withoutLoneSurrogates(String json) {
    return json.contains("\\u")
        ? ESCAPE
            .matcher(json)
            .replaceAll(
                escape ->
                    escape.group("lone") == null
                        ? Matcher.quoteReplacement(escape.group())
                        : "\\\\uFFFD")
        : json;
  }

  static JsonParser parser(String text) throws IOException {
    return MAPPER.createParser(text);
  }

  /**
   * Reads the parser's current value: a string, number, boolean, null, or a list or map of those.
   */
  static Object value(JsonParser parser) throws IOException {
    return MAPPER.readValue(parser, Object.class);
  }

  /**
   * Writes a map as one line of JSON, in the map's order.
   *
   * @param members strings, numbers, booleans, null, and lists and maps of those
   */
  public static String line(Map<String, ?> members) {
    try {
      return MAPPER.writeValueAsString(members);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
