package io.github.eksoidc.cloudformation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** JSON, in and out. */
public final class Json {

  /** Lambda takes events of 6 MB at the most, so nothing in one is longer. */
  private static final int LONGEST_TEXT = 8 * 1024 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(LONGEST_TEXT)
                          .maxNameLength(LONGEST_TEXT)
                          .maxNumberLength(LONGEST_TEXT)
                          .maxNestingDepth(Integer.MAX_VALUE)
                          .build())
                  // An excerpt of the source would bring the response URL into an exception's text.
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .build();

  private Json() {}

  static JsonMapper mapper() {
    return MAPPER;
  }

  /** One line of JSON, in the map's order. */
  public static String line(Map<String, ?> members) {
    StringWriter text = new StringWriter();
    try {
      MAPPER.writeValue(text, members);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
