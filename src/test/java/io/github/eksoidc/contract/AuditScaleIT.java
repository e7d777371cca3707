package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.Processes;
import io.github.eksoidc.harness.SampleAccount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The time and the memory of an audit, in accounts of two sizes, in which AWS throttles. */
@Tag("thorough")
class AuditScaleIT extends FunctionTestBase {

  private static final int PROVIDERS = 700;
  private static final int CLUSTERS = 100;
  private static final int STACKS_PER_CLUSTER = 5;
  private static final int STACKS = 2_000;
  private static final int IAM_RATE = 20;
  private static final int EKS_RATE = 10;
  private static final int CLOUDFORMATION_RATE = 15;

  /** What the managed runtime gives a function of 256 MB. */
  private static final String HEAP = "-Xmx200m";

  private static final long MAX_MEMORY_MB = 256;
  private static final List<String> STS = List.of("sts.amazonaws.com");

  private SampleAccount account;

  @BeforeEach
  void throttle() {
    aws.eks().clear();
    aws.cloudFormation().clear();
    account = new SampleAccount(aws);
    aws.faults().throttle("iam", IAM_RATE);
    aws.faults().throttle("eks", EKS_RATE);
    aws.faults().throttle("cloudformation", CLOUDFORMATION_RATE);
  }

  @Test
  void largeAccount() throws Exception {
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      account.cluster("eu-west-1", "cluster-" + cluster);
      String[] stacks = new String[STACKS_PER_CLUSTER];
      for (int i = 0; i < STACKS_PER_CLUSTER; i++) {
        stacks[i] = "stack-" + cluster + "-" + i;
        account.stack(stacks[i], "cluster-" + cluster);
      }
      account.managed("cluster-" + cluster, stacks);
    }
    for (int i = CLUSTERS * STACKS_PER_CLUSTER; i < STACKS; i++) {
      account.stack("other-" + i);
    }
    // Findings that need a second read. The provider of one stack is not there.
    aws.iam().delete(SampleAccount.arn("cluster-0"));
    for (int i = 0; i < 5; i++) {
      account.managed("gone-" + i, "deleted-" + i);
      account.provider("unclaimed-" + i, STS, Map.of("eks-oidc-provider/managed", "true"), "");
    }
    for (int i = aws.iam().list().size(); i < PROVIDERS; i++) {
      account.provider("other-" + i, STS, Map.of(), "");
    }
    assertThat(aws.iam().list()).hasSize(PROVIDERS);

    Measured measured =
        audit("%d clusters, %d stacks (%d with one of ours)", CLUSTERS, STACKS, 500);
    JsonNode totals = measured.report().path("Totals");
    assertThat(totals.path("Providers").asInt()).isEqualTo(PROVIDERS);
    assertThat(totals.path("QuotaPercent").asDouble()).isEqualTo(100);
    JsonNode findings = totals.path("Findings");
    assertThat(findings.path("ProviderMissing").asInt()).isEqualTo(STACKS_PER_CLUSTER);
    assertThat(findings.path("ClusterGone").asInt()).isEqualTo(5);
    assertThat(findings.path("StaleClaim").asInt()).isEqualTo(5);
    assertThat(findings.path("Unclaimed").asInt()).isEqualTo(5);
    assertThat(measured.report().path("NotRead")).isEmpty();
    assertThat(measured.time()).isLessThan(Duration.ofMinutes(5));
    assertThat(measured.memory()).isLessThanOrEqualTo(MAX_MEMORY_MB);
  }

  @Test
  void smallAccount() throws Exception {
    for (int i = 0; i < 10; i++) {
      account.cluster("eu-west-1", "cluster-" + i);
      account.stack("stack-" + i, "cluster-" + i);
      account.stack("other-" + i);
      account.managed("cluster-" + i, "stack-" + i);
    }
    Measured healthy = audit("%d clusters, %d stacks, no finding", 10, 20);
    assertThat(healthy.report().path("Totals").path("Unknown").asInt()).isZero();
    assertThat(healthy.reads()).as("no second read").isEqualTo(10);
    assertThat(healthy.time()).isLessThan(Duration.ofSeconds(30));

    aws.iam().delete(SampleAccount.arn("cluster-0"));
    Measured missing = audit("%d clusters, %d stacks, a missing provider", 10, 20);
    assertThat(missing.report().at("/Totals/Findings/ProviderMissing").asInt()).isOne();
    assertThat(missing.time()).isLessThan(Duration.ofSeconds(30));
  }

  /**
   * An audit that has ended.
   *
   * @param reads how often it read a provider
   * @param memory the largest resident set of the process, in MB
   */
  private record Measured(JsonNode report, long reads, Duration time, long memory) {}

  @SuppressWarnings("AnnotateFormatMethod") // The annotation is not among the dependencies.
  private Measured audit(String what, Object... numbers) throws Exception {
    aws.forget();
    try (FunctionProcess small =
        FunctionProcess.start(aws, FunctionZip.unpack(), Map.of(), List.of(HEAP))) {
      // The init phase is not part of the time.
      CompletableFuture<Void> ready = new CompletableFuture<>();
      small.api().onFirstPoll(() -> ready.complete(null));
      ready.get(60, TimeUnit.SECONDS);
      InvocationResult result =
          new FunctionClient(aws, small)
              .send(
                  "{\"Audit\": \"Report\", \"Quota\": 700}".getBytes(UTF_8),
                  FunctionClient.nextKey(),
                  Duration.ofMinutes(15));
      long throttled =
          result.calls().stream().filter(call -> call.outcome().contains("Throttling")).count();
      Measured measured =
          new Measured(
              FunctionClient.JSON.readTree(result.returned().text()),
              result.calls().stream()
                  .filter(call -> call.action().equals("iam:GetOpenIDConnectProvider"))
                  .count(),
              result.time(),
              Processes.status(small.handle().pid(), "VmHWM").orElseThrow() / 1024);
      System.out.printf(
          "Audit: %d providers, %s in %.1f s, %d MB; %d AWS calls, of which %d were throttled"
              + " (rates a second: IAM %d, EKS %d, CloudFormation %d)%n",
          aws.iam().list().size(),
          what.formatted(numbers),
          measured.time().toMillis() / 1e3,
          measured.memory(),
          result.calls().size(),
          throttled,
          IAM_RATE,
          EKS_RATE,
          CLOUDFORMATION_RATE);
      return measured;
    }
  }
}
