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
