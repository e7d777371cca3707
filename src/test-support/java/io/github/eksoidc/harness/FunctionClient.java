package io.github.eksoidc.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.RuntimeApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays events against one function, as CloudFormation does, and gathers what comes of them. */
public final class FunctionClient {

  public static final ObjectMapper JSON = new ObjectMapper();

  /** As the template has it. */
  private static final Duration FUNCTION_TIMEOUT = Duration.ofMinutes(15);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final InMemoryAws aws;
  private final FunctionProcess function;

  public FunctionClient(InMemoryAws aws, FunctionProcess function) {
    this.aws = aws;
    this.function = function;
  }

  /** Plays an event, whose response URL is replaced by one of the bucket in memory. */
  public InvocationResult play(ObjectNode event) {
    return play(event, FUNCTION_TIMEOUT);
  }

  /** The same, with another timeout of the function. */
  public InvocationResult play(ObjectNode event, Duration timeout) {
    String key = nextKey();
    ObjectNode sent = event.deepCopy();
    sent.put("ResponseURL", aws.responseUrl(key));
    return play(bytes(sent), key, timeout);
  }

  /** Plays what may be no sound event; its answer is looked for under the key. */
  public InvocationResult play(byte[] event, String key, Duration timeout) {
    int before = aws.calls().size();
    long start = System.nanoTime();
    var pending = function.api().invoke(event, timeout);
    try {
      // A process that dies answers nothing any more.
      CompletableFuture.anyOf(pending, function.handle().onExit())
          .get(timeout.toMillis() + 5_000, TimeUnit.MILLISECONDS);
      RuntimeApi.Result result = pending.get(1, TimeUnit.SECONDS);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      byte[] answer = aws.bucket().await(key, 0);
      List<Call> all = aws.calls();
      List<Call> calls =
          all.subList(before, all.size()).stream()
              .filter(call -> !call.action().startsWith("bucket:"))
              .toList();
      return new InvocationResult(
          answer == null ? MissingNode.getInstance() : parse(answer),
          aws.bucket().all(key).size(),
          result,
          calls,
          time);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException(
          "The function did not end. It printed:\n" + String.join("\n", function.output()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A key for one answer, that nobody else has. */
  public static String nextKey() {
    return "answer-" + COUNT.incrementAndGet();
  }

  public static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
