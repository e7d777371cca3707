package io.github.eksoidc.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.Processes;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A contender's process, which is asked, and measured from outside. */
final class RunningFunction implements AutoCloseable {

  private static final Path LOG = Path.of("target", "benchmark.log");
  private static final Duration MAX_DURATION = Duration.ofSeconds(30);

  private final InMemoryAws aws;
  private final InMemoryAws.RuntimeEndpoint runtime;
  private final Process process;
  private final long started;

  RunningFunction(InMemoryAws aws, Candidate contender) {
    this.aws = aws;
    this.runtime = aws.addRuntime();
    ProcessBuilder builder =
        new ProcessBuilder(contender.command())
            .directory(contender.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(LOG.toFile());
    Map<String, String> variables = builder.environment();
    FunctionProcess.describeLambda(
        variables, aws, runtime.address(), contender.folder(), contender.snapStart());
    started = System.nanoTime();
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for the first time: from the start of the process to the answer. */
  Duration cold(ObjectNode event) {
    return ask(event, started);
  }

  /** From the answer to restore/next to the answer to CloudFormation. */
  Duration restored(ObjectNode event) {
    try {
      runtime.api().restoreRequested().get(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS);
      // A snapshot is taken of a process at rest.
      Thread.sleep(500);
    } catch (Exception e) {
      throw new IllegalStateException("It does not come to its snapshot", e);
    }
    long restored = System.nanoTime();
    runtime.api().restore();
    return ask(event, restored);
  }

  Duration warm(ObjectNode event) {
    return ask(event, System.nanoTime());
  }

  private Duration ask(ObjectNode event, long since) {
    String key = FunctionClient.nextKey();
    ObjectNode sent = event.deepCopy();
    sent.put("ResponseURL", aws.responseUrl(key));
    var result = runtime.api().invoke(FunctionClient.bytes(sent), MAX_DURATION);
    try {
      byte[] answer = aws.bucket().await(key, MAX_DURATION.toMillis());
      Duration time = Duration.ofNanos(System.nanoTime() - since);
      String text = answer == null ? "none" : new String(answer, UTF_8);
      if (!text.contains("SUCCESS")) {
        throw new IllegalStateException(
            "The answer is %s, the result %s, the calls %s; the process printed%n%s"
                .formatted(text, result.getNow(null), aws.calls(), Files.readString(LOG)));
      }
      result.get(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS);
      return time;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The most memory that it has held so far, in MB. */
  double peakMemory() {
    return status("VmHWM") / 1024.0;
  }

  /** What of it lies on a disk, in kB. */
  long swapped() {
    return status("VmSwap");
  }

  private long status(String name) {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc", process.pid() + "", "status"));
      return lines.stream()
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode create() {
    return TestEvents.create("bench", TestEvents.properties("ClusterName", "main"));
  }

  @Override
  public void close() {
    Processes.end(process);
    runtime.removal().run();
  }
}
