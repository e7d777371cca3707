package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends events with random changes to the handler, with an in-memory AWS behind it and a real PUT.
 * Each event with a usable response URL gets exactly one response, and no event does harm.
 *
 * <p>An event depends on its seed only, and a failure names the seed. {@code new
 * EventMutator(seed)} makes the same event again. The events of a batch run at the same time.
 * Credentials and the Region come from the environment, as in Lambda; the build sets it.
 */
@Tag("long")
@Isolated("sets system properties and System.out, and counts the threads of requests")
class FuzzTest {

  /** Short, because some requests wait until their deadline. */
  private static final Invocation CONTEXT = context(6_000);

  /** For an event whose time was up because so many others ran beside it. */
  private static final Invocation PATIENT_CONTEXT = context(30_000);

  private static final int BATCHES = TestSize.of(1, 21);
  private static final int BATCH = TestSize.of(400, 5_000);

  /** Many, because requests that wait need no processor. */
  private static final int THREADS = 400;

  /** How many events run beside each other when they are repeated. */
  private static final int FEW = 20;

  private static final AtomicLong EVENTS = new AtomicLong();
  private static final AtomicLong REPEATED = new AtomicLong();
  private static final AtomicLong RESPONSES = new AtomicLong();
  private static final AtomicLong SUCCESSES = new AtomicLong();
  private static final AtomicLong UNDELIVERABLE = new AtomicLong();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static InMemoryAws aws;
  private static ExecutorService threads;
  private static EventHandler function;
  private static PrintStream out;
  private static ByteArrayOutputStream log;

  @BeforeAll
  static void start() throws IOException {
    aws = InMemoryAws.start();
    EventMutator.clusters()
        .forEach(
            (name, issuer) ->
                aws.eks().put("eu-west-1", name, Cluster.active("https://" + issuer)));
    System.setProperty("aws.endpointUrl", aws.endpoint());
    threads = Executors.newFixedThreadPool(THREADS);
    var clients = new AwsClients("eu-west-1", false);
    function = new EventHandler(() -> clients);
    out = System.out;
    log = new ByteArrayOutputStream();
    System.setOut(new PrintStream(log, true, UTF_8));
    // Loads the classes, so that the first events of the batch do not compete for that.
    ObjectNode event = TestEvents.create("warm-up", TestEvents.properties("ClusterName", "main-0"));
    event.put("ResponseURL", aws.responseUrl("warm-up"));
    function.handle(
        FunctionClient.bytes(event), OutputStream.nullOutputStream(), CONTEXT, System.out);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    System.setOut(out);
    System.clearProperty("aws.endpointUrl");
    System.out.printf(
        "Fuzz: %,d events, %,d with a usable response URL and one response each, %,d of them"
            + " SUCCESS; %,d with a URL that accepts no response; %,d repeated, with more time%n",
        EVENTS.get(), RESPONSES.get(), SUCCESSES.get(), UNDELIVERABLE.get(), REPEATED.get());
    aws.close();
  }

  static List<Long> everyEventGetsOneResponseAndDoesNoHarm() {
    return new SplittableRandom(20260103).longs(BATCHES).boxed().toList();
  }

  @ParameterizedTest(name = "batch {0}")
  @MethodSource
  void everyEventGetsOneResponseAndDoesNoHarm(long batch) throws Exception {
    List<Long> seeds = new SplittableRandom(batch).longs(BATCH).boxed().toList();
    Queue<Long> late = new ConcurrentLinkedQueue<>();
    forAll(
        seeds,
        threads,
        seed -> {
          if (!handle(seed, CONTEXT)) {
            late.add(seed);
          }
        });
    repeat(late);
    checkThreadsHaveEnded();
    checkLogHasNoSecret();
    aws.forget();
    EVENTS.addAndGet(seeds.size());
  }

  /** Few at a time, each of these events gets its response, or the function is to blame. */
  private static void repeat(Collection<Long> seeds) throws Exception {
    REPEATED.addAndGet(seeds.size());
    try (ExecutorService few = Executors.newFixedThreadPool(FEW)) {
      forAll(
          seeds,
          few,
          seed -> assertThat(handle(seed, PATIENT_CONTEXT)).as("seed %d", seed).isTrue());
    }
  }

  private static void forAll(
      Collection<Long> seeds, ExecutorService executor, Consumer<Long> action) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (Long seed : seeds) {
      running.add(executor.submit(() -> action.accept(seed)));
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  private static Invocation context(int timeoutMillis) {
    return new Invocation(
        "i",
        "eks-oidc-provider",
        "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider:live",
        "eu-west-1",
        Duration.ofMillis(timeoutMillis));
  }

  /** Sends the event of a seed; false if there was not enough time for its response. */
  private static boolean handle(long seed, Invocation invocation) {
    String key = FunctionClient.nextKey();
    String url = aws.responseUrl(key);
    EventMutator mutator = new EventMutator(seed);
    byte[] event = mutator.event(url);
    try {
      return handle(event, key, url, mutator.isUrlKept(), invocation);
    } catch (Throwable e) {
      throw new AssertionError("Seed %d, event %s".formatted(seed, new String(event, UTF_8)), e);
    }
  }

  private static boolean handle(
      byte[] event, String key, String url, boolean urlKept, Invocation invocation)
      throws IOException {
    var result = new ByteArrayOutputStream();
    boolean usable = urlKept || url.equals(ParsedEvent.parse(event).event().getResponseUrl());
    try {
      function.handle(event, result, invocation, System.out);
    } catch (ResponseNotDeliveredException e) {
      if (usable) {
        assertThat(e.getMessage()).contains("DEADLINE_EXCEEDED");
        return false;
      }
      // Nothing at the changed URL accepts the response, so Lambda receives an error.
      UNDELIVERABLE.incrementAndGet();
      return true;
    }

    List<byte[]> responses = aws.bucket().take(key);
    if (usable) {
      // A busy machine may take so long to receive a response that the function sends it again.
      assertThat(responses.stream().map(response -> new String(response, UTF_8)).distinct())
          .hasSize(1);
      checkResponse(responses.getFirst());
      RESPONSES.incrementAndGet();
    } else if (responses.isEmpty()) {
      assertThat(result.toString(UTF_8)).contains("errorMessage").doesNotContain(url);
    }
    return true;
  }

  private static void checkResponse(byte[] response) throws IOException {
    assertThat(response.length).isLessThanOrEqualTo(4096);
    JsonNode body = JSON.readTree(response);
    assertThat(body.path("Status").asText()).isIn("SUCCESS", "FAILED");
    for (String name : List.of("PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId")) {
      assertThat(body.path(name).isTextual()).as(name).isTrue();
    }
    assertThat(body.path("PhysicalResourceId").asText()).isNotEmpty();
    if (body.path("Status").asText().equals("FAILED")) {
      assertThat(body.path("Reason").asText()).isNotBlank();
      assertThat(body.path("Reason").asText()).doesNotContain("X-Amz-Signature");
    } else {
      SUCCESSES.incrementAndGet();
    }
  }

  /** A thread that was stopped ends by itself, within the time that one AWS call may take. */
  private static void checkThreadsHaveEnded() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (requestThreads() > 0 && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(requestThreads()).isZero();
  }

  private static long requestThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("request"))
        .count();
  }

  private static void checkLogHasNoSecret() {
    String lines = log.toString(UTF_8);
    log.reset();
    assertThat(lines).doesNotContain("X-Amz-Signature").doesNotContain("X-Amz-Algorithm");
  }
}
