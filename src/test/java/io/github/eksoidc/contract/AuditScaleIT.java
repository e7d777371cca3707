package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.SampleAccount;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The audit of a large account, in which AWS throttles. */
class AuditScaleIT extends FunctionTestBase {

  private static final int PROVIDERS = 700;
  private static final int CLUSTERS = 100;
  private static final int STACKS_PER_CLUSTER = 5;
  private static final int IAM_RATE = 20;
  private static final int EKS_RATE = 10;
  private static final int CLOUDFORMATION_RATE = 15;

  @Test
  @Tag("thorough")
  void largeAccountTakesLessThanAMinute() throws IOException {
    aws.eks().clear();
    aws.cloudFormation().clear();
    SampleAccount account = new SampleAccount(aws);
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      account.cluster("eu-west-1", "cluster-" + cluster);
      String[] stacks = new String[STACKS_PER_CLUSTER];
      for (int i = 0; i < STACKS_PER_CLUSTER; i++) {
        stacks[i] = "stack-" + cluster + "-" + i;
        account.stack(stacks[i]);
      }
      account.managed("cluster-" + cluster, stacks);
    }
    // Findings that need a second read.
    for (int i = 0; i < 5; i++) {
      account.managed("gone-" + i, "deleted-" + i);
      account.provider(
          "unclaimed-" + i,
          List.of("sts.amazonaws.com"),
          Map.of("eks-oidc-provider/managed", "true"),
          "");
    }
    for (int i = aws.iam().list().size(); i < PROVIDERS; i++) {
      account.provider("other-" + i, List.of("sts.amazonaws.com"), Map.of(), "");
    }
    assertThat(aws.iam().list()).hasSize(PROVIDERS);
    aws.faults().throttle("iam", IAM_RATE);
    aws.faults().throttle("eks", EKS_RATE);
    aws.faults().throttle("cloudformation", CLOUDFORMATION_RATE);

    aws.forget();
    InvocationResult result =
        client.send(
            "{\"Audit\": \"Report\", \"Quota\": 700}".getBytes(UTF_8),
            FunctionClient.nextKey(),
            Duration.ofMinutes(5));
    long throttled =
        result.calls().stream().filter(call -> call.outcome().contains("Throttling")).count();
    System.out.printf(
        "Audit: %d providers, %d clusters, %d stacks in %.1f s; %d AWS calls, of which %d were"
            + " throttled (rates a second: IAM %d, EKS %d, CloudFormation %d)%n",
        PROVIDERS,
        CLUSTERS,
        CLUSTERS * STACKS_PER_CLUSTER,
        result.time().toMillis() / 1e3,
        result.calls().size(),
        throttled,
        IAM_RATE,
        EKS_RATE,
        CLOUDFORMATION_RATE);

    JsonNode totals = FunctionClient.JSON.readTree(result.returned().text()).path("totals");
    assertThat(totals.path("providers").asInt()).isEqualTo(PROVIDERS);
    assertThat(totals.path("quotaPercent").asDouble()).isEqualTo(100);
    assertThat(totals.path("findings").path("ClusterGone").asInt()).isEqualTo(5);
    assertThat(totals.path("findings").path("StaleClaim").asInt()).isEqualTo(5);
    assertThat(totals.path("findings").path("Unclaimed").asInt()).isEqualTo(5);
    assertThat(result.time()).isLessThan(Duration.ofMinutes(1));
  }
}
