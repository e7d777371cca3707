package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What each line of the log begins with. */
final class LogLine {

  /** The release that runs, as the build wrote it into the package. */
  static final String VERSION = read("version.txt");

  private LogLine() {}

  /**
   * Returns the first members of a line, to which others can be added. Lambda's JSON log format
   * requires {@code timestamp} and {@code level}.
   */
  static SequencedMap<String, Object> start(Instant now, String level, String message) {
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("version", VERSION);
    line.put("timestamp", now.toString());
    line.put("level", level);
    line.put("message", message);
    return line;
  }

  private static String read(String resource) {
    try (InputStream in = LogLine.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
