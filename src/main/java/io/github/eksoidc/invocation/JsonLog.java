package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Json;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes one line of JSON for each thing that happened, as Lambda's JSON log format has it: {@code
 * timestamp}, {@code level}, {@code message}, {@code requestId}, and what belongs to it.
 */
public final class JsonLog {

  private final PrintStream out;
  private final SequencedMap<String, Object> common = new LinkedHashMap<>();

  /**
   * @param common what every line of this invocation says
   */
  JsonLog(PrintStream out, Map<String, ?> common) {
    this.out = out;
    this.common.putAll(common);
  }

  void info(String message, Map<String, ?> details) {
    write("INFO", message, details);
  }

  void error(String message, Map<String, ?> details) {
    write("ERROR", message, details);
  }

  private void write(String level, String message, Map<String, ?> details) {
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("timestamp", Instant.now().toString());
    line.put("level", level);
    line.put("message", message);
    line.putAll(common);
    line.putAll(details);
    out.println(Json.line(line));
  }
}
