package io.github.eksoidc.contract;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real runtime client runs SnapStart's sequence: hooks, snapshot, restore, events. */
@Tag("long")
@Order(5)
class SnapStartIT {

  private static final Map<String, Object> MAIN = TestEvents.properties("ClusterName", "main");

  private InMemoryAws aws;

  @BeforeEach
  void start() {
    aws = InMemoryAws.start();
    aws.eks().put("eu-west-1", "main", Cluster.active("https://" + FunctionTestBase.ISSUER));
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private FunctionProcess startForSnapshot(Map<String, String> environment) {
    return FunctionProcess.startForSnapshot(aws, FunctionZip.unpack(), environment);
  }

  /** ArchitectureTest and RequestRunnerTest have what differs between restored functions. */
  @Test
  void nothingIsCalledBeforeTheSnapshotAndARestoredFunctionWorks() throws Exception {
    try (FunctionProcess function = startForSnapshot(Map.of())) {
      function.api().restoreRequested().get(60, TimeUnit.SECONDS);
      assertThat(function.output()).isEmpty();
      assertThat(function.api().initError()).isNotDone();
      assertThat(aws.calls()).isEmpty();
      assertThat(aws.credentialRequests()).isZero();

      function.api().restore();
      checkLife(new FunctionClient(aws, function));
      assertThat(aws.credentialRequests()).isPositive();
      assertThat(function.output()).noneMatch(line -> line.contains("Priming failed"));
    }
  }

  /** The template's schedule sends it once a week. */
  @Test
  void keepAliveDoesNothingAndSaysSo() throws Exception {
    String event =
        String.valueOf(
            Template.read(Path.of("template.yaml"))
                .at("Resources", "KeepAliveSchedule", "Properties", "Target", "Input"));
    try (FunctionProcess function = startForSnapshot(Map.of())) {
      function.api().restoreRequested().get(60, TimeUnit.SECONDS);
      function.api().restore();
      String result =
          function
              .api()
              .invoke(event.getBytes(UTF_8), Duration.ofSeconds(30))
              .get(30, TimeUnit.SECONDS)
              .toString();
      assertThat(result).contains("Nothing to do").doesNotContain("errorMessage");
      assertThat(function.output())
          .singleElement(STRING)
          .contains("\"level\":\"INFO\"", "keep-alive")
          .doesNotContain("CloudWatchMetrics");
      assertThat(aws.calls()).isEmpty();
      assertThat(aws.credentialRequests()).isZero();
    }
  }

  private void checkLife(FunctionClient client) {
    InvocationResult created = client.send(TestEvents.create("one", MAIN));
    assertThat(created.status()).as("%s", created).isEqualTo("SUCCESS");
    assertThat(created.calls()).hasSize(2);
    String arn = created.physicalId();
    assertThat(client.send(TestEvents.update("one", arn, MAIN, MAIN)).calls()).hasSize(2);
    InvocationResult deleted = client.send(TestEvents.delete("one", arn, MAIN));
    assertThat(deleted.status()).isEqualTo("SUCCESS");
    assertThat(deleted.calls()).hasSize(4);
    assertThat(aws.iam().all()).isEmpty();
  }

  @Test
  void missingCredentialsAfterRestoreAreTheReason() throws Exception {
    try (FunctionProcess function =
        startForSnapshot(Map.of("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong"))) {
      function.api().restoreRequested().get(60, TimeUnit.SECONDS);
      function.api().restore();
      InvocationResult result =
          new FunctionClient(aws, function).send(TestEvents.create("one", MAIN));
      assertThat(result.status()).isEqualTo("FAILED");
      assertThat(result.reason()).contains("eks:DescribeCluster").doesNotContain("wrong");
    }
  }
}
