package io.github.eksoidc.priming;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Priming sends each kind of request and leaves nothing behind. */
@Tag("long")
@Isolated("compares the system properties, threads and sockets of the process")
class PrimingTest {

  private static final int ROUNDS = 3;

  @Test
  void everyRequestGetsTheExpectedResponse() throws Exception {
    var log = new ByteArrayOutputStream();
    Priming.run(ROUNDS, Duration.ofSeconds(30), false, new PrintStream(log, true, UTF_8));

    List<String> responses = new ArrayList<>();
    Set<String> calls = new TreeSet<>();
    for (String line : log.toString(UTF_8).lines().toList()) {
      JsonNode json = new ObjectMapper().readTree(line);
      switch (json.path("message").asText()) {
        case "response" ->
            responses.add(json.path("requestType").asText() + " " + json.path("status").asText());
        case "call" ->
            calls.add(json.path("action").asText() + " " + json.path("outcome").asText());
        default -> assertThat(json.path("level").asText()).isEqualTo("INFO");
      }
    }
    List<String> round =
        List.of(
            "Create SUCCESS",
            "Update SUCCESS",
            "Update SUCCESS",
            "Delete SUCCESS",
            "Create FAILED",
            "Create SUCCESS");
    assertThat(responses).hasSize(ROUNDS * round.size()).containsAll(round);
    assertThat(responses.subList(0, round.size())).isEqualTo(round);
    assertThat(calls)
        .containsExactly(
            "eks:DescribeCluster OK",
            "iam:AddClientIDToOpenIDConnectProvider OK",
            "iam:CreateOpenIDConnectProvider OK",
            "iam:DeleteOpenIDConnectProvider OK",
            "iam:GetOpenIDConnectProvider OK",
            "iam:RemoveClientIDFromOpenIDConnectProvider OK",
            "iam:TagOpenIDConnectProvider OK",
            "iam:UntagOpenIDConnectProvider OK");
  }

  @Test
  void leavesNoThreadNoConnectionAndNoSystemProperty() throws Exception {
    long sockets = sockets();
    Properties before = (Properties) System.getProperties().clone();
    Priming.beforeFirstEvent();
    Priming.run(
        ROUNDS,
        Duration.ofSeconds(30),
        true,
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8));

    Properties after = (Properties) System.getProperties().clone();
    // Set by the JDK, when the default time zone is first used.
    after.remove("user.timezone");
    before.remove("user.timezone");
    assertThat(after).isEqualTo(before);
    // The JDK's thread for idle connections ends when there are none.
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!leftThreads().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(100);
    }
    assertThat(leftThreads()).isEmpty();
    // Those of an earlier test class may have been closed meanwhile.
    assertThat(sockets()).isLessThanOrEqualTo(sockets);
  }

  /** Returns how many sockets this process has open, which only Linux tells; elsewhere 0. */
  private static long sockets() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(descriptors)) {
      return open.filter(PrimingTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException _) {
      return false; // Closed meanwhile, as that of the list itself is.
    }
  }

  private static List<String> leftThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("HTTP-Dispatcher")
                    || name.equals("request")
                    || name.equals("client")
                    || name.equals("tls")
                    || name.equals("Keep-Alive-Timer")
                    || name.equals("server-timer"))
        .toList();
  }
}
