package io.github.eksoidc.benchmark;

import static io.github.eksoidc.harness.FunctionProcess.HANDLER;

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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Measures the function beside its peers in one run, as Lambda schedules them: the whole machine in
 * the init phase, and then the share of a processor that belongs to the memory size. Prints the
 * tables of docs/performance.md and draws its chart.
 */
public final class Benchmark {

  private static final Path PEERS = Path.of("benchmark").toAbsolutePath();
  private static final int WARM_UP = 50;
  private static final List<Integer> MEMORY_SIZES = List.of(256, 512, 1024, 1769);

  /** USD for a GB-second on x86 in most Regions; Lambda bills the init phase, too. */
  private static final double PRICE = 0.0000166667;

  /** The least that a handler in Java can do. */
  private static final String RESPONSE_ONLY = "only sends the response";

  private static final String NODE = "Node.js";
  private static final String NODE_BUNDLED = "Node.js, bundled";
  private static final String POWERTOOLS = "Powertools";
  private static final String WITH_SNAP_START = ", with SnapStart";

  private final int runs;
  private final InMemoryAws aws;
  private final Optional<CpuQuota> quota = CpuQuota.find();
  private final SequencedMap<String, Samples> cold = new LinkedHashMap<>();
  private final SequencedMap<String, Samples> warm = new LinkedHashMap<>();
  private final SequencedMap<Integer, Samples> sizes = new LinkedHashMap<>();

  private Benchmark(int runs, InMemoryAws aws) {
    this.runs = runs;
    this.aws = aws;
  }

  /**
   * Runs the benchmark.
   *
   * @param args the number of runs, and the file for the chart
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
      Files.writeString(Path.of(args[1]), new Chart(benchmark.cold).svg());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.exit(0);
  }

  private void measure() {
    Path unpacked = FunctionZip.unpack();
    Path responseOnlyClasses = PEERS.resolve("floor/target/classes");
    String responseOnlyHandler = "benchmark.Floor::handleRequest";
    Candidate responseOnly =
        Candidate.java(RESPONSE_ONLY, responseOnlyClasses, responseOnlyHandler);
    Candidate function = Candidate.java(Chart.FUNCTION, unpacked, HANDLER);
    Candidate powertools =
        Candidate.java(
            POWERTOOLS,
            PEERS.resolve("powertools/target/classes"),
            "benchmark.PowertoolsHandler::handleRequest");
    Candidate node = Candidate.node(NODE, PEERS.resolve("node"));
    Candidate bundled = Candidate.node(NODE_BUNDLED, PEERS.resolve("node/dist"));
    Candidate responseOnlyWithSnapStart =
        Candidate.snapStart(
            RESPONSE_ONLY + WITH_SNAP_START, responseOnlyClasses, responseOnlyHandler);
    Candidate functionWithSnapStart =
        Candidate.snapStart(Chart.FUNCTION + WITH_SNAP_START, unpacked, HANDLER);

    List<Candidate> candidates =
        List.of(
            responseOnly,
            function,
            powertools,
            node,
            bundled,
            responseOnlyWithSnapStart,
            functionWithSnapStart);
    candidates.forEach(candidate -> cold(candidate, new Samples()));
    // In turn, so that a change of the machine's speed affects all candidates.
    for (int i = 0; i < runs; i++) {
      candidates.forEach(candidate -> cold(candidate, of(cold, candidate.name())));
      for (int size : MEMORY_SIZES) {
        cold(
            Candidate.java(Chart.FUNCTION, unpacked, HANDLER, size),
            sizes.computeIfAbsent(size, _ -> new Samples()));
      }
    }
    List.of(function, powertools, node, bundled, functionWithSnapStart).forEach(this::warm);
  }

  private void cold(Candidate candidate, Samples samples) {
    emptyAccount();
    try (RunningFunction function = new RunningFunction(aws, candidate, quota)) {
      Duration invoke =
          candidate.snapStart()
              ? function.invokeRestored(RunningFunction.create())
              : function.invokeCold(RunningFunction.create());
      samples.add(function.init(), invoke);
      samples.memory(function.peakMemory(), function.swapped());
    }
  }

  private void warm(Candidate candidate) {
    Samples samples = of(warm, candidate.name());
    try (RunningFunction function = new RunningFunction(aws, candidate, quota)) {
      emptyAccount();
      if (candidate.snapStart()) {
        function.invokeRestored(RunningFunction.create());
      } else {
        function.invokeCold(RunningFunction.create());
      }
      for (int i = 0; i < WARM_UP + runs; i++) {
        emptyAccount();
        Duration time = function.invokeWarm(RunningFunction.create());
        if (i >= WARM_UP) {
          samples.add(Duration.ZERO, time);
        }
      }
      samples.memory(function.peakMemory(), function.swapped());
    }
  }

  private void emptyAccount() {
    aws.iam().list().forEach(aws.iam()::delete);
    aws.forget();
  }

  private static Samples of(SequencedMap<String, Samples> results, String name) {
    return results.computeIfAbsent(name, _ -> new Samples());
  }

  private void print() throws IOException {
    System.out.printf(
        "%nA Create, %d runs each. Processor after the init phase: %s%n",
        runs,
        quota
            .map(q -> "0.29 vCPU at 512 MB (" + q + ")")
            .orElse("the whole machine, because no control group can be written here"));
    printTimes("cold start at 512 MB, with SnapStart from the restore", cold);
    printSizes();
    System.out.println("\n| warm, at 512 MB | median | peak memory |");
    System.out.println("| --- | --- | --- |");
    warm.forEach(
        (name, s) ->
            System.out.printf(
                Locale.ROOT, "| %s | %.1f ms | %.0f MB |%n", name, s.invoke(), s.peakMemory()));
    printRatios();
    System.out.printf(
        Locale.ROOT,
        "%nPackage: %.1f MB (target: at most 10)%n",
        Files.size(Path.of("target", "function.zip")) / 1e6);
    System.out.printf(
        "Swapped to disk: %d kB%n", cold.values().stream().mapToLong(Samples::swapped).sum());
    classesAndPauses(Candidate.java(Chart.FUNCTION, FunctionZip.unpack(), HANDLER));
    calls();
  }

  private static void printTimes(String title, SequencedMap<String, Samples> results) {
    System.out.printf("%n| %s | init | invoke | sum | min | max | peak memory |%n", title);
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    results.forEach(
        (name, s) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %.0f ms | %.0f ms | %.0f ms | %.0f | %.0f | %.0f MB |%n",
                name,
                s.init(),
                s.invoke(),
                s.sum(),
                s.min(),
                s.max(),
                s.peakMemory()));
  }

  private void printSizes() {
    System.out.println(
        "\n| " + Chart.FUNCTION + " at | init | invoke | sum | peak memory | 1,000 cold starts |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    sizes.forEach(
        (size, s) ->
            System.out.printf(
                Locale.ROOT,
                "| %,d MB | %.0f ms | %.0f ms | %.0f ms | %.0f MB | %.4f USD |%n",
                size,
                s.init(),
                s.invoke(),
                s.sum(),
                s.peakMemory(),
                s.sum() * size / 1024 * PRICE));
  }

  /** Ratios of medians: to the peers' cold starts, also with SnapStart. */
  private void printRatios() {
    System.out.println("\n| ratio of medians | goal | measured |");
    System.out.println("| --- | --- | --- |");
    String function = Chart.FUNCTION;
    String withSnapStart = function + WITH_SNAP_START;
    for (String peer : List.of(NODE, NODE_BUNDLED)) {
      ratio("invoke: " + function + " / " + peer, 0.6, invoke(function) / invoke(peer));
    }
    for (String peer : List.of(NODE, NODE_BUNDLED)) {
      ratio("init plus invoke: " + function + " / " + peer, 2.8, sum(function) / sum(peer));
    }
    ratio("init plus invoke: " + function + " / Powertools", 0.3, sum(function) / sum(POWERTOOLS));
    for (String peer : List.of(NODE, NODE_BUNDLED, POWERTOOLS)) {
      ratio(
          "init plus invoke: " + withSnapStart + " / " + peer, 0.3, sum(withSnapStart) / sum(peer));
    }
    String least = RESPONSE_ONLY + WITH_SNAP_START;
    ratio(
        "init plus invoke: " + withSnapStart + " / " + least, 2.0, sum(withSnapStart) / sum(least));
    for (String warmed : List.of(function, withSnapStart)) {
      ratio(
          "warm: " + warmed + " / Node.js",
          1.5,
          warm.get(warmed).invoke() / warm.get(NODE).invoke());
    }
  }

  private double invoke(String name) {
    return cold.get(name).invoke();
  }

  private double sum(String name) {
    return cold.get(name).sum();
  }

  private static void ratio(String name, double target, double measured) {
    System.out.printf(Locale.ROOT, "| %s | ≤ %.1f | %.2f |%n", name, target, measured);
  }

  /** Prints how many classes a cold start loads, and the pauses of the garbage collector. */
  private void classesAndPauses(Candidate candidate) {
    Path log = Path.of("target", "classes-of-a-start.log").toAbsolutePath();
    Path gcLog = Path.of("target", "pauses-of-a-start.log").toAbsolutePath();
    Candidate logged =
        candidate.with(
            List.of(
                "-Xlog:class+load=info:file=" + log + ":none",
                "-Xlog:gc=info:file=" + gcLog + ":none"));
    emptyAccount();
    AtomicLong inInit = new AtomicLong();
    try (RunningFunction function =
        new RunningFunction(aws, logged, quota, () -> inInit.set(lines(log).size()))) {
      function.invokeCold(RunningFunction.create());
    }
    List<String> pauses =
        lines(gcLog).stream()
            .filter(line -> line.contains("Pause"))
            .map(line -> line.replaceAll(".* ([0-9.]+ms)$", "$1"))
            .toList();
    System.out.printf(
        "%n%s: classes loaded in the init phase: %,d; in the first invocation: %,d; pauses of the"
            + " garbage collector: %s%n",
        candidate.name(),
        inInit.get(),
        lines(log).size() - inInit.get(),
        pauses.isEmpty() ? "none" : String.join(", ", pauses));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    System.out.println("| request | AWS calls | |");
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
