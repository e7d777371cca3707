package io.github.eksoidc.inmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lambda's Runtime API for one function process: delivers events and receives results.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Runtime API</a>
 */
public final class RuntimeApi {

  static final String PATH = "/2018-06-01/runtime/";

  /** The result of an invocation: what the function returned, or the error that it threw. */
  public record Result(boolean failed, String text) {}

  private record Invocation(String id, byte[] event, Duration timeout) {}

  private static final Invocation STOP = new Invocation("", new byte[0], Duration.ZERO);

  private final String functionArn;
  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final Map<String, CompletableFuture<Result>> results = new ConcurrentHashMap<>();
  private final CompletableFuture<String> initError = new CompletableFuture<>();
  private final CountDownLatch restored = new CountDownLatch(1);
  private final CompletableFuture<Long> restoreRequested = new CompletableFuture<>();
  private final AtomicReference<Runnable> firstPoll = new AtomicReference<>(() -> {});

  RuntimeApi(String functionArn) {
    this.functionArn = functionArn;
  }

  /**
   * Sends an event to the function.
   *
   * @param timeout the function's timeout, from when it takes the event
   */
  public CompletableFuture<Result> invoke(byte[] event, Duration timeout) {
    var invocation = new Invocation(UUID.randomUUID().toString(), event, timeout);
    CompletableFuture<Result> result = new CompletableFuture<>();
    results.put(invocation.id(), result);
    waiting.add(invocation);
    return result;
  }

  /** Completes with the error if the runtime can't start the function. */
  public CompletableFuture<String> initError() {
    return initError;
  }

  /** Completes when the runtime has run the hooks before the snapshot and waits for the restore. */
  public CompletableFuture<Long> restoreRequested() {
    return restoreRequested;
  }

  /** Restores a function that waits for it. */
  public void restore() {
    restored.countDown();
  }

  /** Sets what to run at the end of the init phase, before the first event is handed out. */
  public void onFirstPoll(Runnable action) {
    firstPoll.set(action);
  }

  void stop() {
    restored.countDown();
    waiting.add(STOP);
  }

  Reply handle(String path, byte[] body) throws InterruptedException {
    String rest = path.substring(PATH.length());
    return switch (rest) {
      case "invocation/next" -> next();
      case "init/error" -> {
        initError.complete(new String(body, UTF_8));
        yield accepted();
      }
      case "restore/next" -> {
        restoreRequested.complete(System.nanoTime());
        restored.await();
        yield new Reply(200, Map.of(), new byte[0]);
      }
      case "restore/error" -> {
        initError.complete(new String(body, UTF_8));
        yield accepted();
      }
      default -> result(rest, new String(body, UTF_8));
    };
  }

  private Reply next() throws InterruptedException {
    firstPoll.getAndSet(() -> {}).run();
    Invocation next = waiting.take();
    if (next.id().isEmpty()) {
      waiting.add(STOP);
      return new Reply(410, Map.of(), new byte[0]);
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("Lambda-Runtime-Aws-Request-Id", next.id());
    headers.put(
        "Lambda-Runtime-Deadline-Ms",
        String.valueOf(Instant.now().plus(next.timeout()).toEpochMilli()));
    headers.put("Lambda-Runtime-Invoked-Function-Arn", functionArn);
    headers.put("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0");
    headers.put("Content-Type", "application/json");
    return new Reply(200, headers, next.event());
  }

  private Reply result(String rest, String body) {
    String[] parts = rest.split("/", -1);
    if (parts.length == 3 && parts[0].equals("invocation")) {
      CompletableFuture<Result> result = results.remove(parts[1]);
      if (result != null) {
        result.complete(new Result(parts[2].equals("error"), body));
        return accepted();
      }
    }
    return new Reply(404, Map.of(), new byte[0]);
  }

  private static Reply accepted() {
    return new Reply(202, Map.of(), new byte[0]);
  }
}
