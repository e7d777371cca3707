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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A candidate's process, measured from outside. It has the whole machine until it first polls for
 * an event, and then its share of a processor, as Lambda schedules it.
 */
final class RunningFunction implements AutoCloseable {

  private static final Path LOG = Path.of("target", "benchmark.log");
  private static final Duration MAX_DURATION = Duration.ofSeconds(30);

  private final InMemoryAws aws;
  private final InMemoryAws.RuntimeEndpoint runtime;
  private final Process process;
  private final CompletableFuture<Long> firstPoll = new CompletableFuture<>();
  private Runnable removeLimit = () -> {};
  private long started;

  RunningFunction(InMemoryAws aws, Candidate candidate, Optional<CpuQuota> quota) {
    this(aws, candidate, quota, () -> {});
  }

  /**
   * Starts the process.
   *
   * @param onFirstPoll runs at the end of the init phase
   */
  RunningFunction(
      InMemoryAws aws, Candidate candidate, Optional<CpuQuota> quota, Runnable onFirstPoll) {
    this.aws = aws;
    this.runtime = aws.addRuntime();
    ProcessBuilder builder =
        new ProcessBuilder(candidate.command())
            .directory(candidate.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(LOG.toFile());
    Map<String, String> variables = builder.environment();
    FunctionProcess.describeLambda(
        variables, aws, runtime.address(), candidate.folder(), candidate.snapStart());
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(candidate.memory()));
    CompletableFuture<Long> pid = new CompletableFuture<>();
    runtime
        .api()
        .onFirstPoll(
            () -> {
              long time = System.nanoTime();
              onFirstPoll.run();
              quota.ifPresent(
                  limit -> removeLimit = limit.limit(pid.join(), candidate.processors()));
              firstPoll.complete(time);
            });
    started = System.nanoTime();
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pid.complete(process.pid());
  }

  /** Sends the first event, which waits for the end of the init phase, as in a cold start. */
  Duration invokeCold(ObjectNode event) {
    return invoke(event);
  }

  /** Restores the process, and sends the first event. */
  Duration invokeRestored(ObjectNode event) {
    try {
      runtime.api().restoreRequested().get(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS);
      // Lambda takes a snapshot of an idle process.
      Thread.sleep(500);
    } catch (Exception e) {
      throw new IllegalStateException("The function does not get to its snapshot", e);
    }
    started = System.nanoTime();
    runtime.api().restore();
    return invoke(event);
  }

  /** Sends a later event. */
  Duration invokeWarm(ObjectNode event) {
    long start = System.nanoTime();
    invoke(event);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Returns the time from the start, or the restore, to the first poll for an event. */
  Duration init() {
    return Duration.ofNanos(firstPoll.join() - started);
  }

  /** Sends an event; returns the time from the first poll to the response. */
  private Duration invoke(ObjectNode event) {
    String key = FunctionClient.nextKey();
    ObjectNode sent = event.deepCopy();
    sent.put("ResponseURL", aws.responseUrl(key));
    var result = runtime.api().invoke(FunctionClient.bytes(sent), MAX_DURATION);
    try {
      byte[] response = aws.bucket().await(key, MAX_DURATION.toMillis());
      long end = System.nanoTime();
      String text = response == null ? "none" : new String(response, UTF_8);
      if (!text.contains("SUCCESS")) {
        throw new IllegalStateException(
            "The response is %s, the result %s, the calls %s; the process printed%n%s"
                .formatted(text, result.getNow(null), aws.calls(), Files.readString(LOG)));
      }
      result.get(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS);
      return Duration.ofNanos(end - firstPoll.join());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the peak of the process's resident memory, in MB. */
  double peakMemory() {
    return Processes.status(process.pid(), "VmHWM").orElse(0) / 1024.0;
  }

  /** Returns how much of its memory is swapped to disk, in kB. */
  long swapped() {
    return Processes.status(process.pid(), "VmSwap").orElse(0);
  }

  static ObjectNode create() {
    return TestEvents.create("bench", TestEvents.properties("ClusterName", "main"));
  }

  @Override
  public void close() {
    Processes.end(process);
    removeLimit.run();
    runtime.removal().run();
  }
}
