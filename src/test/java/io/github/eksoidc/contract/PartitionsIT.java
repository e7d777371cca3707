package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ARNs, endpoints and issuers follow the partition in which the function runs. */
@Order(4)
class PartitionsIT extends FunctionTestBase {

  private static final Map<String, Object> MAIN = main();

  /** AWS's local emulator passes an ARN of another Region than the environment's. */
  @ParameterizedTest
  @CsvSource({
    "aws-cn,     cn-north-1,    cn-northwest-1, amazonaws.com.cn",
    "aws-us-gov, us-gov-west-1, us-gov-west-1,  amazonaws.com"
  })
  void arnsFollowThePartitionAndIssuersTheEnvironmentsRegion(
      String partition, String ofArn, String region, String suffix) {
    try (InMemoryAws aws = InMemoryAws.start(partition, ofArn, "444455556666");
        FunctionProcess function =
            FunctionProcess.start(
                aws, FunctionZip.unpack(), Map.of("AWS_REGION", region), List.of())) {
      String issuer = "oidc.eks.%s.%s/id/%s".formatted(region, suffix, "0".repeat(32));
      aws.eks().put(region, "main", InMemoryEks.Cluster.active("https://" + issuer));
      FunctionClient client = new FunctionClient(aws, function);
      String arn = "arn:%s:iam::444455556666:oidc-provider/%s".formatted(partition, issuer);

      for (Map<String, Object> properties :
          List.of(MAIN, TestEvents.properties("Url", "https://" + issuer))) {
        InvocationResult created = succeeded(client.send(TestEvents.create("one", properties)));
        assertThat(created.physicalId()).isEqualTo(arn);
      }
      assertThat(aws.iam().all().get(arn).audiences()).containsExactly("sts.amazonaws.com");
      succeeded(client.send(TestEvents.delete("one", arn, MAIN)));
      assertThat(aws.iam().all()).isEmpty();
    }
  }

  /** What was taken over before may be updated, and rolled back to. */
  @Test
  void takeOverIsForbiddenByTheOperator() {
    Map<String, Object> takeOver = main("OnExisting", "TakeOver");
    foreignProvider(List.of("theirs"), Map.of());
    try (FunctionProcess forbidding =
        FunctionProcess.start(
            aws, FunctionZip.unpack(), Map.of("ALLOW_TAKE_OVER", "false"), List.of())) {
      FunctionClient forbidden = new FunctionClient(aws, forbidding);

      InvocationResult create = failed(forbidden.send(TestEvents.create(STACK, takeOver)));
      assertThat(create.reason()).contains("OnExisting is TakeOver", "AllowTakeOver");
      assertThat(create.calls()).isEmpty();
      succeeded(forbidden.send(TestEvents.create(STACK, MAIN)));
      var update = TestEvents.update(STACK, ARN, takeOver, MAIN);
      assertThat(failed(forbidden.send(update)).reason())
          .contains("OnExisting is TakeOver", "AllowTakeOver");
      assertThat(provider().tags()).doesNotContainKey("eks-oidc-provider/managed");

      succeeded(update(ARN, takeOver, MAIN));
      assertThat(provider().tags()).containsKey("eks-oidc-provider/managed");
      succeeded(forbidden.send(TestEvents.update(STACK, ARN, MAIN, takeOver)));
      succeeded(forbidden.send(TestEvents.update(STACK, ARN, takeOver, MAIN)));
    }
  }
}
