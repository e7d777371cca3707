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

/** Sends events to one function, as CloudFormation does, and collects the results. */
public final class FunctionClient {

  public static final ObjectMapper JSON = new ObjectMapper();

  /** The timeout in the template. */
  private static final Duration FUNCTION_TIMEOUT = Duration.ofMinutes(15);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final InMemoryAws aws;
  private final FunctionProcess function;

  public FunctionClient(InMemoryAws aws, FunctionProcess function) {
    this.aws = aws;
    this.function = function;
  }

  /** Sends an event with a response URL of the in-memory bucket and waits for the result. */
  public InvocationResult send(ObjectNode event) {
    return send(event, FUNCTION_TIMEOUT);
  }

  /** Sends an event to the function as if it had this timeout. */
  public InvocationResult send(ObjectNode event, Duration timeout) {
    String key = nextKey();
    ObjectNode sent = event.deepCopy();
    sent.put("ResponseURL", aws.responseUrl(key));
    return send(bytes(sent), key, timeout);
  }

  /**
   * Sends bytes that may be no valid event.
   *
   * @param key under which the bucket receives the response
   */
  public InvocationResult send(byte[] event, String key, Duration timeout) {
    int before = aws.calls().size();
    long start = System.nanoTime();
    var pending = function.api().invoke(event, timeout);
    try {
      // A process that ends returns no result.
      CompletableFuture.anyOf(pending, function.handle().onExit())
          .get(timeout.toMillis() + 5_000, TimeUnit.MILLISECONDS);
      RuntimeApi.Result result = pending.get(1, TimeUnit.SECONDS);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      byte[] response = aws.bucket().await(key, 0);
      List<Call> all = aws.calls();
      List<Call> calls =
          all.subList(before, all.size()).stream()
              .filter(call -> !call.action().startsWith("bucket:"))
              .toList();
      return new InvocationResult(
          response == null ? MissingNode.getInstance() : parse(response),
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

  /** Returns a key of the bucket that no other request uses. */
  public static String nextKey() {
    return "response-" + COUNT.incrementAndGet();
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
