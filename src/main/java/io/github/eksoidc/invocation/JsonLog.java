package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Json;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes log entries as lines in Lambda's JSON log format: the release, {@code timestamp}, {@code
 * level}, {@code message}, and fields.
 */
public final class JsonLog {

  private static final int MAX_VALUES = 50;
  private static final int MAX_TEXT = 400;

  private final PrintStream out;
  private final SequencedMap<String, Object> commonFields;

  /**
   * Creates the log of one invocation.
   *
   * @param commonFields the fields of every line
   */
  JsonLog(PrintStream out, Map<String, ?> commonFields) {
    this.out = out;
    this.commonFields = new LinkedHashMap<>(commonFields);
  }

  void info(String message, Map<String, ?> fields) {
    write("INFO", message, fields);
  }

  void warn(String message, Map<String, ?> fields) {
    write("WARN", message, fields);
  }

  void error(String message, Map<String, ?> fields) {
    write("ERROR", message, fields);
  }

  /** A value as JSON in which no list and no text is long. */
  static Object bounded(Object value) {
    return switch (value) {
      case Boolean _, Number _ -> value;
      case Map<?, ?> map -> {
        SequencedMap<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(String.valueOf(key), bounded(member)));
        yield members;
      }
      case Collection<?> all -> {
        List<Object> shown = new ArrayList<>();
        all.stream().limit(MAX_VALUES).forEach(each -> shown.add(bounded(each)));
        if (all.size() > MAX_VALUES) {
          shown.add("… and %d more".formatted(all.size() - MAX_VALUES));
        }
        yield shown;
      }
      default -> {
        String text = String.valueOf(value);
        yield text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
      }
    };
  }

  private void write(String level, String message, Map<String, ?> fields) {
    SequencedMap<String, Object> line = LogLine.start(Instant.now(), level, message);
    line.putAll(commonFields);
    line.putAll(fields);
    out.println(Json.line(line));
  }
}
