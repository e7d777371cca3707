package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A function that does not start correctly still responds. */
@Order(4)
class StartUpIT {

  private static final String ISSUER = "https://" + FunctionTestBase.ISSUER;
  private InMemoryAws aws;

  @BeforeEach
  void start() {
    aws = InMemoryAws.start();
    aws.eks().put("eu-west-1", "main", Cluster.active(ISSUER));
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void invalidConfigurationIsTheReason() {
    InvocationResult result =
        play(FunctionZip.unpack(), Map.of("AWS_ENDPOINT_URL_IAM", "::no url"), List.of(), create());
    assertThat(result.status()).isEqualTo("FAILED");
    assertThat(result.reason()).contains("AWS clients can't be set up", "Check the function's");
  }

  @Test
  void missingSdkClientIsTheReason() throws IOException {
    Path broken = FunctionZip.unpackCopy("without-iam");
    try (FileSystem jar = FileSystems.newFileSystem(broken.resolve("lib/dependencies.jar"))) {
      Path client = jar.getPath("software/amazon/awssdk/services/iam/IamClient.class");
      Files.delete(client);
    }
    InvocationResult result = play(broken, Map.of(), List.of(), create());
    assertThat(result.status()).isEqualTo("FAILED");
    assertThat(result.reason())
        .contains("NoClassDefFoundError", "software/amazon/awssdk/services/iam/");
  }

  @Test
  void exhaustedHeapIsTheReason() {
    // A response of EKS that does not fit the heap: the SDK throws the Error.
    aws.eks()
        .put(
            "eu-west-1",
            "main",
            new Cluster("ACTIVE", "1.33", Optional.of("x".repeat(19_000_000))));
    InvocationResult result = play(FunctionZip.unpack(), Map.of(), List.of("-Xmx48m"), create());
    assertThat(result.status()).isEqualTo("FAILED");
    assertThat(result.reason()).contains("OutOfMemoryError");
    assertThat(result.responses()).isEqualTo(1);
  }

  @Test
  void primingReachesNobodyAndLeavesNoThread() throws Exception {
    try (FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack())) {
      CompletableFuture<Void> polled = new CompletableFuture<>();
      function.api().onFirstPoll(() -> polled.complete(null));
      polled.get(60, TimeUnit.SECONDS);

      assertThat(aws.calls()).isEmpty();
      assertThat(function.output()).isEmpty();
      // Linux shows the first 15 characters of a thread's name.
      List<String> ours =
          List.of("request", "client", "tls", "HTTP-Dispatcher", "server-timer", "Keep-Alive-Time");
      long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      while (!Collections.disjoint(threads(function), ours) && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(threads(function)).isNotEmpty().doesNotContainAnyElementsOf(ours);
    }
  }

  private static List<String> threads(FunctionProcess function) throws IOException {
    List<String> names = new ArrayList<>();
    Path tasks = Path.of("/proc", String.valueOf(function.handle().pid()), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        try {
          names.add(Files.readString(thread.resolve("comm")).strip());
        } catch (IOException e) {
          // The thread has just ended.
        }
      }
    }
    return names;
  }

  @Test
  void aFunctionWhosePrimingFailsWorks() throws IOException {
    Path broken = FunctionZip.unpackCopy("without-stub");
    Files.delete(broken.resolve("io/github/eksoidc/priming/AwsStub.class"));
    try (FunctionProcess function = FunctionProcess.start(aws, broken)) {
      InvocationResult result = new FunctionClient(aws, function).send(create());
      assertThat(result.status()).as("%s", result).isEqualTo("SUCCESS");
      assertThat(function.output()).contains("Priming failed: java.lang.NoClassDefFoundError");
    }
  }

  private static ObjectNode create() {
    Map<String, Object> properties = new HashMap<>(TestEvents.properties("ClusterName", "main"));
    return TestEvents.create("one", properties);
  }

  private InvocationResult play(
      Path unpacked, Map<String, String> environment, List<String> jvm, ObjectNode event) {
    try (FunctionProcess function = FunctionProcess.start(aws, unpacked, environment, jvm)) {
      InvocationResult result = new FunctionClient(aws, function).send(event);
      assertThat(function.api().initError()).isNotDone();
      return result;
    }
  }
}
