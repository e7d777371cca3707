package io.github.eksoidc.cloudformation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes JSON. */
public final class Json {

  /** Lambda accepts events of up to 6 MB, so no text in an event is longer. */
  private static final int MAX_TEXT_LENGTH = 8 * 1024 * 1024;

  /** Values below this level are dropped before the parser sees them: each level costs memory. */
  private static final int MAX_PARSED_DEPTH = 64;

  /** More than CloudFormation's longest template has. Each value costs memory. */
  private static final int MAX_VALUES = 100_000;

  /** A longer number is read as text: converting it takes time that grows faster than it does. */
  private static final int MAX_NUMBER_LENGTH = 40;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(MAX_TEXT_LENGTH)
                          .maxNameLength(MAX_TEXT_LENGTH)
                          .maxNumberLength(MAX_TEXT_LENGTH)
                          .maxNestingDepth(MAX_PARSED_DEPTH)
                          .build())
                  // A table of names grows with each new one, and fails if many have the same hash.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  // An excerpt of the event in an exception's message could contain the response
                  // URL.
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
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

  /** Returns a parser that sees the number 0 in the place of each value that is too deep. */
  static JsonParser parser(String text) throws IOException {
    return MAPPER.createParser(withoutDeepValues(text));
  }

  private static String withoutDeepValues(String text) {
    StringBuilder kept = null;
    boolean isInText = false;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isKept = depth <= MAX_PARSED_DEPTH;
      if (isInText) {
        if (c == '\\' && i + 1 < text.length()) {
          if (kept != null && isKept) {
            kept.append(c);
          }
          i++;
          c = text.charAt(i);
        } else {
          isInText = c != '"';
        }
      } else {
        switch (c) {
          case '"' -> isInText = true;
          case '[', '{' -> {
            depth++;
            if (depth == MAX_PARSED_DEPTH + 1) {
              kept = kept == null ? new StringBuilder(text.length()).append(text, 0, i) : kept;
              kept.append('0');
            }
            isKept = depth <= MAX_PARSED_DEPTH;
          }
          case ']', '}' -> depth--;
          default -> {}
        }
      }
      if (kept != null && isKept) {
        kept.append(c);
      }
    }
    return kept == null ? text : kept.toString();
  }

  /** Reads values up to a depth and a number. What is beyond is skipped. */
  static final class Values {

    private final int maxDepth;
    private int remaining = MAX_VALUES;
    private boolean tooDeep;

    Values(int maxDepth) {
      this.maxDepth = maxDepth;
    }

    /** Whether a value was skipped because it is nested too deep. */
    boolean isTooDeep() {
      return tooDeep;
    }

    /** Whether values were skipped because there are too many. */
    boolean areTooMany() {
      return remaining < 0;
    }

    /**
     * Reads the parser's current value: a string, number, boolean, null, or a list or map of those.
     */
    Object read(JsonParser parser) throws IOException {
      return read(parser, 0);
    }

    private Object read(JsonParser parser, int depth) throws IOException {
      remaining--;
      tooDeep |= depth > maxDepth && parser.currentToken().isStructStart();
      if (remaining < 0 || depth > maxDepth) {
        parser.skipChildren();
        return null;
      }
      return switch (parser.currentToken()) {
        case START_OBJECT -> {
          Map<String, Object> members = new LinkedHashMap<>();
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, read(parser, depth + 1));
          }
          yield members;
        }
        case START_ARRAY -> {
          List<Object> list = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(parser, depth + 1));
          }
          yield list;
        }
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            parser.getTextLength() > MAX_NUMBER_LENGTH ? parser.getText() : parser.getNumberValue();
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NULL -> null;
        default -> parser.getText();
      };
    }
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
