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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ARNs, endpoints and issuers follow the partition in which the function runs. */
class PartitionsIT {

  @ParameterizedTest
  @CsvSource({
    "aws,        eu-west-1,     amazonaws.com",
    "aws-cn,     cn-north-1,    amazonaws.com.cn",
    "aws-us-gov, us-gov-west-1, amazonaws.com"
  })
  void arnsAndIssuersFollowThePartition(String partition, String region, String suffix) {
    try (InMemoryAws aws = InMemoryAws.start(partition, region, "444455556666");
        FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack())) {
      String issuer =
          "oidc.eks.%s.%s/id/0123456789ABCDEF0123456789ABCDEF".formatted(region, suffix);
      aws.eks().put(region, "main", InMemoryEks.Cluster.active("https://" + issuer));
      FunctionClient client = new FunctionClient(aws, function);

      InvocationResult byName =
          client.send(TestEvents.create("one", TestEvents.properties("ClusterName", "main")));
      InvocationResult byUrl =
          client.send(TestEvents.create("one", TestEvents.properties("Url", "https://" + issuer)));

      String arn = "arn:%s:iam::444455556666:oidc-provider/%s".formatted(partition, issuer);
      assertThat(byName.physicalId()).isEqualTo(arn);
      assertThat(byUrl.physicalId()).isEqualTo(arn);
      assertThat(aws.iam().all().get(arn).audiences()).containsExactly("sts.amazonaws.com");
      InvocationResult gone =
          client.send(TestEvents.delete("one", arn, TestEvents.properties("ClusterName", "main")));
      assertThat(gone.status()).isEqualTo("SUCCESS");
      assertThat(aws.iam().all()).isEmpty();
    }
  }

  /** What was taken over before may be updated, and rolled back to. */
  @Test
  void takeOverIsForbiddenByTheOperator() {
    String issuer = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
    String arn = "arn:aws:iam::111122223333:oidc-provider/" + issuer;
    Map<String, Object> adopt = TestEvents.properties("ClusterName", "main");
    Map<String, Object> takeOver =
        TestEvents.properties("ClusterName", "main", "OnExisting", "TakeOver");
    try (InMemoryAws aws = InMemoryAws.start();
        FunctionProcess allowing = FunctionProcess.start(aws, FunctionZip.unpack());
        FunctionProcess forbidding =
            FunctionProcess.start(
                aws, FunctionZip.unpack(), Map.of("ALLOW_TAKE_OVER", "false"), List.of())) {
      aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + issuer));
      aws.iam().create("https://" + issuer, List.of("theirs"), List.of(), Map.of());
      FunctionClient client = new FunctionClient(aws, forbidding);

      InvocationResult create = client.send(TestEvents.create("one", takeOver));
      assertThat(create.reason()).contains("OnExisting is TakeOver", "AllowTakeOver");
      assertThat(create.calls()).isEmpty();
      assertThat(client.send(TestEvents.create("one", adopt)).status()).isEqualTo("SUCCESS");
      InvocationResult update = client.send(TestEvents.update("one", arn, takeOver, adopt));
      assertThat(update.reason()).contains("OnExisting is TakeOver", "AllowTakeOver");
      assertThat(aws.iam().all().get(arn).tags()).doesNotContainKey("eks-oidc-provider/managed");

      new FunctionClient(aws, allowing).send(TestEvents.update("one", arn, takeOver, adopt));
      assertThat(aws.iam().all().get(arn).tags()).containsKey("eks-oidc-provider/managed");
      assertThat(client.send(TestEvents.update("one", arn, adopt, takeOver)).status())
          .isEqualTo("SUCCESS");
      assertThat(client.send(TestEvents.update("one", arn, takeOver, adopt)).status())
          .isEqualTo("SUCCESS");
    }
  }

  /** AWS's local emulator always passes an ARN of us-east-1. */
  @Test
  void theDefaultOfClusterRegionIsTheEnvironmentsRegion() {
    try (InMemoryAws aws = InMemoryAws.start();
        FunctionProcess function =
            FunctionProcess.start(
                aws, FunctionZip.unpack(), Map.of("AWS_REGION", "eu-central-1"), List.of())) {
      String issuer = "oidc.eks.eu-central-1.amazonaws.com/id/AAAA";
      aws.eks().put("eu-central-1", "main", InMemoryEks.Cluster.active("https://" + issuer));
      InvocationResult result =
          new FunctionClient(aws, function)
              .send(TestEvents.create("one", TestEvents.properties("ClusterName", "main")));
      assertThat(aws.region()).isEqualTo("eu-west-1");
      assertThat(result.attribute("Issuer")).isEqualTo(issuer);
    }
  }
}
