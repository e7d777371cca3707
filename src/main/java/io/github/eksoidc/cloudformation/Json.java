package io.github.eksoidc.cloudformation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes JSON as a stream. Data binding would double the number of Jackson classes that a
 * cold start loads, and take longer than an AWS call.
 */
public final class Json {

  /** Lambda accepts events of up to 6 MB, so no text in an event is longer. */
  private static final int MAX_TEXT_LENGTH = 8 * 1024 * 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_TEXT_LENGTH)
                  .maxNameLength(MAX_TEXT_LENGTH)
                  .maxNumberLength(MAX_TEXT_LENGTH)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          // An excerpt of the event in an exception's message could contain the response URL.
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Json() {}

  static JsonParser parser(String text) throws IOException {
    return FACTORY.createParser(text);
  }

  /**
   * Writes a map as one line of JSON, in the map's order.
   *
   * @param members strings, integers, booleans, null, and lists and maps of those; any other value
   *     is written as its string representation
   */
  public static String line(Map<String, ?> members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(members, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  // Linking a pattern switch at its first execution takes as long as reading the event.
  @SuppressWarnings("IfChainToSwitch")
  private static void write(Object value, JsonGenerator generator) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (var entry : map.entrySet()) {
        generator.writeFieldName(String.valueOf(entry.getKey()));
        write(entry.getValue(), generator);
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(element, generator);
      }
      generator.writeEndArray();
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else if (value instanceof Integer || value instanceof Long) {
      generator.writeNumber(((Number) value).longValue());
    } else if (value == null) {
      generator.writeNull();
    } else {
      generator.writeString(String.valueOf(value));
    }
  }
}
