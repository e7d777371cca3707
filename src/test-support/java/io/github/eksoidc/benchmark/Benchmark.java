package io.github.eksoidc.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Measures, side by side in one run: the floor, ours cold, restored and warm, the obvious Java way
 * and the CDK way. Prints the table that the README shows, and draws its chart.
 */
public final class Benchmark {

  private static final Path PEERS = Path.of("benchmark").toAbsolutePath();
  private static final int WARM_UP = 50;

  private final int runs;
  private final InMemoryAws aws;
  private final SequencedMap<String, Samples> results = new LinkedHashMap<>();

  private Benchmark(int runs, InMemoryAws aws) {
    this.runs = runs;
    this.aws = aws;
  }

  /**
   * Runs.
   *
   * @param args how many times each; where to put the chart
   */
  public static void main(String[] args) {
    int runs = Integer.parseInt(args[0]);
    try (InMemoryAws aws = InMemoryAws.start()) {
      aws.eks()
          .put(
              "eu-west-1",
              "main",
              Cluster.active("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA"));
      Benchmark benchmark = new Benchmark(runs, aws);
      benchmark.measure();
      benchmark.print();
      if (args.length > 1) {
        Files.writeString(Path.of(args[1]), new Chart(benchmark.results).svg());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.exit(0);
  }

  private void measure() {
    Path ours = FunctionZip.unpack();
    Candidate floor =
        Candidate.java(
            "floor: only PUTs",
            PEERS.resolve("floor/target/classes"),
            "benchmark.Floor::handleRequest");
    Candidate own = Candidate.java("ours", ours, FunctionProcess.HANDLER);
    Candidate restored = Candidate.snapStart("ours, SnapStart", ours, FunctionProcess.HANDLER);
    Candidate restoredFloor =
        Candidate.snapStart(
            "floor", PEERS.resolve("floor/target/classes"), "benchmark.Floor::handleRequest");
    Candidate powertools =
        Candidate.java(
            "Powertools",
            PEERS.resolve("powertools/target/classes"),
            "benchmark.PowertoolsHandler::handleRequest");
    Candidate node = Candidate.node("Node.js", PEERS.resolve("node"));
    Candidate bundled = Candidate.node("Node.js, bundled", PEERS.resolve("node/dist"));

    List<Candidate> coldOnes = List.of(floor, own, powertools, node, bundled);
    coldOnes.forEach(this::cold);
    results.clear();
    // In turn, so that a machine that gets slower does so for all.
    for (int i = 0; i < runs; i++) {
      coldOnes.forEach(this::cold);
      restored("floor: only PUTs, restored", restoredFloor);
      restored("ours, restored", restored);
    }
    warm("ours, warm", own);
    warm("ours, SnapStart, warm", restored);
    warm("Powertools, warm", powertools);
    warm("Node.js, warm", node);
    warm("Node.js, bundled, warm", bundled);
  }

  private void cold(Candidate contender) {
    emptyAccount();
    try (RunningFunction running = new RunningFunction(aws, contender)) {
      Samples samples = samples(contender.name() + ", cold");
      samples.add(running.cold(RunningFunction.create()));
      samples.memory(running.peakMemory(), running.swapped());
    }
  }

  private void restored(String name, Candidate contender) {
    emptyAccount();
    try (RunningFunction running = new RunningFunction(aws, contender)) {
      Samples samples = samples(name);
      samples.add(running.restored(RunningFunction.create()));
      samples.memory(running.peakMemory(), running.swapped());
    }
  }

  private void warm(String name, Candidate contender) {
    Samples samples = samples(name);
    try (RunningFunction running = new RunningFunction(aws, contender)) {
      emptyAccount();
      if (contender.snapStart()) {
        running.restored(RunningFunction.create());
      } else {
        running.cold(RunningFunction.create());
      }
      for (int i = 0; i < WARM_UP + runs; i++) {
        emptyAccount();
        var time = running.warm(RunningFunction.create());
        if (i >= WARM_UP) {
          samples.add(time);
        }
      }
      samples.memory(running.peakMemory(), running.swapped());
    }
  }

  private void emptyAccount() {
    aws.iam().list().forEach(aws.iam()::delete);
    aws.forget();
  }

  private Samples samples(String name) {
    return results.computeIfAbsent(name, _ -> new Samples());
  }

  private void print() throws IOException {
    System.out.printf(
        "%nFrom the start of the process (restored: from the answer to restore/next; warm: from the"
            + " event) to the answer to a Create, %d runs each%n%n",
        runs);
    System.out.println("| | median | least | most | peak memory |");
    System.out.println("| --- | --- | --- | --- | --- |");
    results.forEach(
        (name, s) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %.1f ms | %.1f | %.1f | %.0f MB |%n",
                name,
                s.median(),
                s.least(),
                s.most(),
                s.memory()));
    System.out.println();
    System.out.println("| ratio of medians | wanted | measured |");
    System.out.println("| --- | --- | --- |");
    ratio("ours, restored", "ours, cold", 0.10);
    ratio("ours, restored", "ours, SnapStart, warm", 2.0);
    ratio("ours, cold", "Powertools, cold", 0.55);
    ratio("ours, cold", "Node.js, cold", 2.2);
    ratio("ours, cold", "Node.js, bundled, cold", 2.2);
    ratio("ours, warm", "Node.js, warm", 1.0);
    ratio("ours, SnapStart, warm", "Node.js, warm", 1.0);
    System.out.println();
    System.out.printf(
        Locale.ROOT,
        "Package: %.1f MB (wanted: at most 15)%n",
        Files.size(Path.of("target", "function.zip")) / 1e6);
    System.out.printf(
        "Swapped to disk: %d kB%n", results.values().stream().mapToLong(Samples::swapped).sum());
    classesAndPauses();
    calls();
  }

  private void ratio(String one, String other, double wanted) {
    System.out.printf(
        Locale.ROOT,
        "| %s / %s | ≤ %.2f | %.2f |%n",
        one,
        other,
        wanted,
        results.get(one).median() / results.get(other).median());
  }

  /** Loaded classes and pauses of the collector, of one cold run with a log of them. */
  private void classesAndPauses() throws IOException {
    Path log = Files.createTempFile(Path.of("target").toAbsolutePath(), "jvm-", ".log");
    Candidate logged =
        Candidate.java("ours", FunctionZip.unpack(), FunctionProcess.HANDLER)
            .with(
                List.of(
                    "-Xlog:class+load=info:file=" + log + ":none",
                    "-Xlog:gc=info:file=" + log + ".gc:none"));
    emptyAccount();
    try (RunningFunction running = new RunningFunction(aws, logged)) {
      running.cold(RunningFunction.create());
    }
    List<String> lines = Files.readAllLines(log);
    long shared = lines.stream().filter(line -> line.contains("shared objects file")).count();
    System.out.printf(
        "Loaded classes at the first answer: %,d, of them %,d from the JDK's shared archive%n",
        lines.size(), shared);
    List<String> backoff =
        Files.readAllLines(Path.of(log + ".gc")).stream()
            .filter(line -> line.contains("Pause"))
            .map(line -> line.replaceAll(".* ([0-9.]+ms)$", "$1"))
            .toList();
    System.out.println(
        "Pauses of the collector till then: "
            + (backoff.isEmpty() ? "none" : String.join(", ", backoff)));
    Files.delete(log);
    Files.delete(Path.of(log + ".gc"));
  }

  private void calls() {
    emptyAccount();
    Map<String, Object> properties = TestEvents.properties("ClusterName", "main");
    String arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AAAA";
    SequencedMap<String, ObjectNode> requests = new LinkedHashMap<>();
    requests.put("Create", TestEvents.create("bench", properties));
    requests.put("Create that adopts", TestEvents.create("other", properties));
    requests.put("Update, unchanged", TestEvents.update("bench", arn, properties, properties));
    requests.put("Delete of one claim", TestEvents.delete("other", arn, properties));
    requests.put("Delete of the last claim", TestEvents.delete("bench", arn, properties));
    System.out.println();
    System.out.println("| request | calls of AWS | |");
    System.out.println("| --- | --- | --- |");
    try (FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack())) {
      FunctionClient player = new FunctionClient(aws, function);
      requests.forEach(
          (name, event) -> {
            List<Call> calls = player.send(event).calls();
            System.out.printf(
                "| %s | %d | %s |%n",
                name,
                calls.size(),
                calls.stream().map(Call::action).collect(Collectors.joining(", ")));
          });
    }
  }
}
