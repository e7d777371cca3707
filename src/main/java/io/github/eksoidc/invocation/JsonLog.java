package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Json;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes log entries as lines in Lambda's JSON log format: the release, {@code timestamp}, {@code
 * level}, {@code message}, and fields.
 */
public final class JsonLog {

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

  void error(String message, Map<String, ?> fields) {
    write("ERROR", message, fields);
  }

  private void write(String level, String message, Map<String, ?> fields) {
    SequencedMap<String, Object> line = LogLine.start(Instant.now(), level, message);
    line.putAll(commonFields);
    line.putAll(fields);
    out.println(Json.line(line));
  }
}
