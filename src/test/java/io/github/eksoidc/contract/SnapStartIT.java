package io.github.eksoidc.contract;

import static io.github.eksoidc.contract.FunctionTestBase.succeeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import io.github.eksoidc.template.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real runtime client runs SnapStart's sequence: hooks, snapshot, restore, events. */
@Tag("long")
@Order(5)
class SnapStartIT {

  private static final Map<String, Object> MAIN = TestEvents.properties("ClusterName", "main");

  /**
   * One restored function, because each start runs the whole priming. ArchitectureTest and
   * RequestRunnerTest have what differs between restored functions.
   */
  @Test
  void nothingIsCalledBeforeTheSnapshotAndARestoredFunctionWorks() throws Exception {
    try (InMemoryAws aws = InMemoryAws.start();
        FunctionProcess function = FunctionProcess.startForSnapshot(aws, FunctionZip.unpack())) {
      aws.eks().put("eu-west-1", "main", Cluster.active("https://" + FunctionTestBase.ISSUER));
      function.api().restoreRequested().get(60, TimeUnit.SECONDS);
      assertThat(function.output()).isEmpty();
      assertThat(function.api().initError()).isNotDone();

      function.api().restore();
      checkKeepAlive(function);
      assertThat(aws.calls()).isEmpty();
      assertThat(aws.credentialRequests()).isZero();

      FunctionClient client = new FunctionClient(aws, function);
      checkMissingCredentials(aws, client);
      checkLife(aws, client);
      assertThat(aws.credentialRequests()).isPositive();
      assertThat(function.output()).noneMatch(line -> line.contains("Priming failed"));
    }
  }

  /** The template's schedule sends it once a week. */
  private static void checkKeepAlive(FunctionProcess function) throws Exception {
    String event =
        String.valueOf(
            Template.read(Path.of("template.yaml"))
                .at("Resources", "KeepAliveSchedule", "Properties", "Target", "Input"));
    String result =
        function
            .api()
            .invoke(event.getBytes(UTF_8), Duration.ofSeconds(30))
            .get(30, TimeUnit.SECONDS)
            .toString();
    assertThat(result).contains("Nothing to do").doesNotContain("errorMessage");
    assertThat(function.outputWith("keep-alive"))
        .singleElement(STRING)
        .contains("\"level\":\"INFO\"", "keep-alive")
        .doesNotContain("CloudWatchMetrics");
  }

  private static void checkMissingCredentials(InMemoryAws aws, FunctionClient client) {
    aws.denied().add("credentials:Get");
    InvocationResult result = FunctionTestBase.failed(client.send(TestEvents.create("one", MAIN)));
    assertThat(result.reason()).contains("eks:DescribeCluster").doesNotContain("token-EXAMPLE");
    aws.denied().clear();
  }

  private static void checkLife(InMemoryAws aws, FunctionClient client) {
    InvocationResult created = succeeded(client.send(TestEvents.create("one", MAIN)));
    assertThat(created.calls()).hasSize(2);
    String arn = created.physicalId();
    assertThat(client.send(TestEvents.update("one", arn, MAIN, MAIN)).calls()).hasSize(2);
    InvocationResult deleted = succeeded(client.send(TestEvents.delete("one", arn, MAIN)));
    assertThat(deleted.calls()).hasSize(4);
    assertThat(aws.iam().all()).isEmpty();
  }
}
