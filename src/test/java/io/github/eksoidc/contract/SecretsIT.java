package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs after all other tests and searches everything that function processes printed. The output
 * contains no response URL, no part of its query, and no credential.
 */
@Tag("after-all-others")
class SecretsIT {

  /** In lowercase, because the search does not distinguish case. */
  private static final List<String> SECRETS =
      List.of(
          "wjalrxutnfemi",
          "fwogzxivyxdzexample",
          "hunter2-secret",
          // Each response URL has these.
          "x-amz-",
          "cloudformation-custom-resource-response/");

  private static final String SIGNED = "X-Amz-Signature=";

  /** What may be the signature of a response URL, at each place where one could begin. */
  private static final Pattern SIGNATURE = Pattern.compile("(?=([0-9a-f]{32}))");

  @Test
  void logsContainNoSecret() throws IOException {
    List<Path> logs = files(".log");
    Set<String> signatures = new HashSet<>();
    for (Path file : files(".urls")) {
      Files.readAllLines(file).forEach(url -> signatures.add(signature(url)));
    }
    assertThat(logs).as("logs of function processes").isNotEmpty();
    assertThat(signatures).hasSizeGreaterThan(100);

    long lines = 0;
    for (Path log : logs) {
      for (String line : Files.readAllLines(log)) {
        lines++;
        assertThat(found(line, signatures)).as("in %s: %s", log, line).isEmpty();
      }
    }
    System.out.printf(
        "Secrets: none of %,d in %,d lines of %,d function processes%n",
        signatures.size(), lines, logs.size());
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
    String secret = "0a1b2c3d".repeat(4);
    String url = "http://127.0.0.1:1/bucket/key?X-Amz-Expires=7200&X-Amz-Signature=" + secret;
    Set<String> signatures = Set.of(signature(url));
    assertThat(found("sent to " + url, signatures)).hasSize(2);
    assertThat(found("{\"signature\":\"f" + secret.toUpperCase(Locale.ROOT) + "0\"}", signatures))
        .containsExactly(secret);
    assertThat(found("status 403 of the bucket", signatures)).isEmpty();
  }

  private static String signature(String url) {
    String signature = url.substring(url.indexOf(SIGNED) + SIGNED.length());
    assertThat(signature).matches("[0-9a-f]{32}");
    return signature;
  }

  private static Set<String> found(String line, Set<String> signatures) {
    String lower = line.toLowerCase(Locale.ROOT);
    return Stream.concat(
            SECRETS.stream().filter(lower::contains),
            SIGNATURE.matcher(lower).results().map(m -> m.group(1)).filter(signatures::contains))
        .collect(Collectors.toSet());
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
