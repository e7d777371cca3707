package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import io.github.eksoidc.lambda.CustomResourceHandler;
import io.github.eksoidc.priming.StubContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Events changed at random, given to the handler, with a real AWS in memory behind it and a real
 * PUT: each with a usable response URL gets exactly one answer, and none does harm.
 *
 * <p>Each number stands for one event. Those of a batch are handled at the same time. Credentials
 * and the Region come from the environment, as Lambda gives them; the build sets it.
 */
class FuzzTest {

  private static final StubContext FIVE_SECONDS =
      new StubContext(
          "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider:live", 5_000);

  private static final int BATCH = 5_000;
  private static final int AT_ONCE = 16;

  /** Deletes that find nothing look again after a pause, and take no processor meanwhile. */
  private static final int WAITING_AT_ONCE = 400;

  private static final AtomicLong EVENTS = new AtomicLong();
  private static final AtomicLong ANSWERS = new AtomicLong();
  private static final AtomicLong SUCCESSES = new AtomicLong();
  private static final AtomicLong NOWHERE = new AtomicLong();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static InMemoryAws aws;
  private static ExecutorService threads;
  private static ExecutorService waiting;
  private static CustomResourceHandler function;
  private static PrintStream out;
  private static ByteArrayOutputStream log;

  @BeforeContainer
  static void start() {
    aws = InMemoryAws.start();
    aws.eks()
        .put(
            "eu-west-1",
            "main",
            Cluster.active("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA"));
    System.setProperty("aws.endpointUrl", aws.endpoint());
    threads = Executors.newFixedThreadPool(AT_ONCE);
    waiting = Executors.newFixedThreadPool(WAITING_AT_ONCE);
    function = new CustomResourceHandler();
    out = System.out;
    log = new ByteArrayOutputStream();
    System.setOut(new PrintStream(log, true, UTF_8));
  }

  @AfterContainer
  static void stop() {
    System.setOut(out);
    System.clearProperty("aws.endpointUrl");
    System.out.printf(
        "Fuzz: %,d events, %,d with a usable response URL, each answered once, %,d of them"
            + " SUCCESS; %,d with a URL that takes no answer%n",
        EVENTS.get(), ANSWERS.get(), SUCCESSES.get(), NOWHERE.get());
    threads.shutdownNow();
    waiting.shutdownNow();
    aws.close();
  }

  @Provide
  Arbitrary<List<Long>> batches() {
    return Arbitraries.longs().list().ofSize(BATCH);
  }

  @Property(tries = 21, seed = "20260103")
  void everyEventIsAnsweredOnceAndNoneDoesHarm(@ForAll("batches") List<Long> batch)
      throws Exception {
    List<Future<Boolean>> running = new ArrayList<>();
    for (long seed : batch) {
      String key = "fuzz-" + COUNT.incrementAndGet();
      String url = aws.responseUrl(key);
      EventMutator mutator = new EventMutator(seed);
      byte[] event = mutator.event(url);
      running.add(
          (waits(event) ? waiting : threads)
              .submit(() -> handle(key, url, event, mutator.isUrlKept())));
    }
    for (Future<Boolean> one : running) {
      one.get();
    }
    noThreadIsLeft();
    noSecretIsTold();
    aws.forget();
    EVENTS.addAndGet(batch.size());
  }

  private static boolean waits(byte[] event) {
    return "Delete".equals(ParsedEvent.parse(event).event().getRequestType());
  }

  private static boolean handle(String key, String url, byte[] event, boolean urlKept)
      throws IOException {
    var result = new ByteArrayOutputStream();

    boolean usable = urlKept || url.equals(ParsedEvent.parse(event).event().getResponseUrl());
    try {
      function.handleRequest(new ByteArrayInputStream(event), result, FIVE_SECONDS);
    } catch (ResponseNotDeliveredException e) {
      // A URL that was changed, so that nothing there takes the answer: Lambda has to know.
      assertThat(usable).as("%s for %s", e.getMessage(), new String(event, UTF_8)).isFalse();
      NOWHERE.incrementAndGet();
      return true;
    }

    List<byte[]> answers = aws.bucket().take(key);
    if (usable) {
      assertThat(answers).as("answers to %s", new String(event, UTF_8)).hasSize(1);
      checkAnswer(answers.getFirst());
      ANSWERS.incrementAndGet();
    } else if (answers.isEmpty()) {
      assertThat(result.toString(UTF_8)).contains("errorMessage").doesNotContain(url);
    }
    return true;
  }

  private static final AtomicLong COUNT = new AtomicLong();

  private static void checkAnswer(byte[] answer) throws IOException {
    assertThat(answer.length).isLessThanOrEqualTo(4096);
    JsonNode body = JSON.readTree(answer);
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

  /** Work that was stopped comes to its end by itself, in the time that one call may take. */
  private static void noThreadIsLeft() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (workers() > 0 && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(workers()).isZero();
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("work"))
        .count();
  }

  private static void noSecretIsTold() {
    String told = log.toString(UTF_8);
    log.reset();
    assertThat(told).doesNotContain("X-Amz-Signature").doesNotContain("X-Amz-Algorithm");
  }
}
