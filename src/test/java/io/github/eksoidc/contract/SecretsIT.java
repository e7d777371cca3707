package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs after all other tests and searches everything that function processes printed. The output
 * contains no response URL, no part of its query, and no credential.
 */
@Tag("after-all-others")
class SecretsIT {

  /** In lowercase, because the search does not distinguish case. */
  private static final Set<String> CREDENTIALS =
      Set.of("wjalrxutnfemi", "fwogzxivyxdzexample", "hunter2-secret");

  @Test
  void logsContainNoSecret() throws IOException {
    List<Path> logs = files(".log");
    Set<String> secrets = new HashSet<>(CREDENTIALS);
    for (Path file : files(".urls")) {
      Files.readAllLines(file).forEach(url -> secrets.addAll(secretsOf(url)));
    }
    assertThat(logs).as("logs of function processes").isNotEmpty();
    assertThat(secrets).hasSizeGreaterThan(100);

    long lines = 0;
    for (Path log : logs) {
      for (String line : Files.readAllLines(log)) {
        lines++;
        assertThat(found(line, secrets)).as("in %s: %s", log, line).isEmpty();
      }
    }
    System.out.printf(
        "Secrets: none of %,d in %,d lines of %,d function processes%n",
        secrets.size(), lines, logs.size());
  }

  /** What Lambda's runtime writes of an exception that the handler throws. */
  private static final Pattern RUNTIME_LINE =
      Pattern.compile(
          "\\{\"timestamp\":\"[^\"]*\",\"message\":\"(?:[^\"\\\\]|\\\\.)*+\",\"level\":\"ERROR\",\"AWSRequestId\":\"[^\"]*\"\\}");

  @Test
  void eachLineOfTheLogBeginsWithTheVersion() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String version = pom.replaceFirst("(?s).*?<version>([^<]+)</version>.*", "$1");
    // Earlier runs of the tests may have left the logs of another package.
    FileTime built = Files.getLastModifiedTime(Path.of("target", "function.zip"));
    long lines = 0;
    for (Path log : files(".log")) {
      if (Files.getLastModifiedTime(log).compareTo(built) < 0) {
        continue;
      }
      for (String line : Files.readAllLines(log)) {
        if (line.startsWith("{") && !RUNTIME_LINE.matcher(line).matches()) {
          lines++;
          assertThat(line).startsWith("{\"version\":\"" + version + "\",\"timestamp\":");
        }
      }
    }
    assertThat(lines).isPositive();
  }

  @Test
  void searchFindsSecrets() {
    String url = "http://127.0.0.1:1/bucket/key?X-Amz-Expires=7200&X-Amz-Signature=0a1b2c";
    Set<String> secrets = secretsOf(url);
    assertThat(found("sent to " + url, secrets)).isNotEmpty();
    assertThat(found("{\"signature\":\"0A1B2C\"}", secrets)).isNotEmpty();
    assertThat(found("status 403 of the bucket", secrets)).isEmpty();
  }

  /** Returns the secret values of a URL's query, in lowercase. */
  private static Set<String> secretsOf(String url) {
    Set<String> secrets = new HashSet<>();
    for (String part : URI.create(url).getRawQuery().split("&", -1)) {
      if (part.startsWith("X-Amz-Signature=")) {
        secrets.add(part.substring("X-Amz-Signature=".length()).toLowerCase(Locale.ROOT));
      }
    }
    return secrets;
  }

  private static Set<String> found(String line, Set<String> secrets) {
    Set<String> found = new HashSet<>();
    String lower = line.toLowerCase(Locale.ROOT);
    // Every URL has these.
    for (String part : List.of("x-amz-", "cloudformation-custom-resource-response/")) {
      if (lower.contains(part)) {
        found.add(part);
      }
    }
    for (String secret : secrets) {
      if (lower.contains(secret)) {
        found.add(secret);
      }
    }
    return found;
  }

  private static List<Path> files(String ending) throws IOException {
    if (!Files.isDirectory(FunctionProcess.LOGS)) {
      return List.of();
    }
    try (var files = Files.list(FunctionProcess.LOGS)) {
      return files.filter(f -> f.getFileName().toString().endsWith(ending)).sorted().toList();
    }
  }
}
