package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Requests for many clusters over several functions, while IAM throttles at 20 calls a second and
 * fails one call in 50. Thoroughly, 500 requests for 50 clusters over 8 functions.
 */
@Tag("long")
@Order(0)
class LoadIT {

  private static final int CLUSTERS = TestSize.of(8, 50);
  private static final int FUNCTIONS = TestSize.of(4, 8);
  private static final int CALLS_PER_SECOND = TestSize.of(8, 20);
  private static final int REQUESTS = TestSize.of(32, 500);

  /** A stack that uses a cluster: how many Updates it sends, and whether it is deleted. */
  private record Life(int cluster, String stack, int updates, boolean deleted) {
    int requests() {
      return 1 + updates + (deleted ? 1 : 0);
    }
  }

  private final InMemoryAws aws = InMemoryAws.start();
  private final List<InvocationResult> results = Collections.synchronizedList(new ArrayList<>());
  private final Map<Integer, Set<String>> claims = new ConcurrentHashMap<>();
  private final Map<Integer, Set<String>> audiences = new ConcurrentHashMap<>();

  @Test
  void everyRequestGetsOneResponseAndTheAccountIsAsExpected() throws Exception {
    for (int i = 0; i < CLUSTERS; i++) {
      aws.eks().put("eu-west-1", "cluster-" + i, Cluster.active("https://" + issuer(i)));
    }
    Queue<Life> lives = new ConcurrentLinkedQueue<>(lives());
    assertThat(lives.stream().mapToInt(Life::requests).sum()).isEqualTo(REQUESTS);
    aws.faults().pressIam(CALLS_PER_SECOND, 50);

    long start = System.nanoTime();
    List<FunctionProcess> functions = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(FUNCTIONS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < FUNCTIONS; i++) {
        FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack());
        functions.add(function);
        running.add(threads.submit(client(new FunctionClient(aws, function), lives)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      functions.forEach(FunctionProcess::close);
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);

    assertThat(results).hasSize(REQUESTS);
    assertThat(results).extracting(InvocationResult::responses).containsOnly(1);
    assertThat(results).extracting(InvocationResult::status).containsOnly("SUCCESS");
    checkAccount();
    print(time);
    aws.close();
  }

  private Callable<Void> client(FunctionClient client, Queue<Life> lives) {
    return () -> {
      for (Life life = lives.poll(); life != null; life = lives.poll()) {
        live(client, life);
      }
      return null;
    };
  }

  private void live(FunctionClient client, Life life) {
    Map<String, Object> properties = properties(life, 0);
    String id = play(client, TestEvents.create(life.stack(), properties)).physicalId();
    for (int i = 1; i <= life.updates(); i++) {
      Map<String, Object> next = properties(life, i);
      play(client, TestEvents.update(life.stack(), id, next, properties));
      properties = next;
    }
    if (life.deleted()) {
      play(client, TestEvents.delete(life.stack(), id, properties));
    } else {
      claims
          .computeIfAbsent(life.cluster(), _ -> ConcurrentHashMap.newKeySet())
          .add(life.stack() + "/Provider");
      audiences
          .computeIfAbsent(life.cluster(), _ -> ConcurrentHashMap.newKeySet())
          .add("v%d-of-%s".formatted(life.updates(), life.stack()));
    }
  }

  private InvocationResult play(FunctionClient client, ObjectNode event) {
    InvocationResult result = client.send(event);
    results.add(result);
    return result;
  }

  private static Map<String, Object> properties(Life life, int version) {
    return TestEvents.properties(
        "ClusterName", "cluster-" + life.cluster(),
        "ClientIdList", List.of("sts.amazonaws.com", "v%d-of-%s".formatted(version, life.stack())),
        "Tags", List.of(Map.of("Key", life.stack(), "Value", "v" + version)));
  }

  /** Returns stacks with {@link #REQUESTS} requests in all. Some of the stacks are deleted. */
  private static List<Life> lives() {
    List<Life> lives = new ArrayList<>();
    Random random = new Random(20260104);
    int left = REQUESTS;
    for (int i = 0; left > 0; i++) {
      Life life = new Life(i % CLUSTERS, "s" + i, Math.min(random.nextInt(3), left - 1), false);
      if (left > life.requests() && random.nextInt(3) > 0) {
        life = new Life(life.cluster(), life.stack(), life.updates(), true);
      }
      left -= life.requests();
      lives.add(life);
    }
    return lives;
  }

  private void checkAccount() {
    Map<String, InMemoryIam.Entry> account = aws.iam().all();
    Set<String> expected = new HashSet<>();
    claims.forEach(
        (cluster, owners) -> {
          String arn = "arn:aws:iam::111122223333:oidc-provider/" + issuer(cluster);
          expected.add(arn);
          InMemoryIam.Entry entry = account.get(arn);
          assertThat(entry).as(arn).isNotNull();
          Set<String> there = new HashSet<>();
          entry
              .tags()
              .forEach(
                  (key, value) -> {
                    assertThat(key).doesNotContain("/deleting/");
                    if (key.startsWith("eks-oidc-provider/claim/")) {
                      there.add(value.split(" ", 2)[0]);
                    }
                  });
          assertThat(there).isEqualTo(owners);
          assertThat(entry.audiences()).containsAll(audiences.get(cluster));
        });
    assertThat(account.keySet()).isEqualTo(expected);
  }

  private void print(Duration time) {
    List<Call> calls = aws.calls().stream().filter(c -> !c.action().startsWith("bucket")).toList();
    long throttled = calls.stream().filter(c -> c.outcome().equals("Throttling")).count();
    long failed = calls.stream().filter(c -> c.outcome().equals("ServiceFailure")).count();
    Duration longest =
        results.stream().map(InvocationResult::time).max(Duration::compareTo).orElse(Duration.ZERO);
    System.out.printf(
        "Load: %,d requests, one response each (%,d); %,d AWS calls, of which %,d throttled and %,d"
            + " failed were retried; longest wait %.1f s, in all %.1f s%n",
        REQUESTS,
        results.size(),
        calls.size(),
        throttled,
        failed,
        longest.toMillis() / 1000.0,
        time.toMillis() / 1000.0);
  }

  private static String issuer(int cluster) {
    return "oidc.eks.eu-west-1.amazonaws.com/id/%032X".formatted(cluster);
  }
}
