package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.memory.MemoryAws;
import io.github.eksoidc.memory.MemoryEks;
import io.github.eksoidc.process.Events;
import io.github.eksoidc.process.FunctionProcess;
import io.github.eksoidc.process.FunctionZip;
import io.github.eksoidc.process.Played;
import io.github.eksoidc.process.Player;
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
  void everythingFollowsThePartition(String partition, String region, String suffix) {
    try (MemoryAws aws = MemoryAws.start(partition, region, "444455556666");
        FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack())) {
      String issuer = "oidc.eks.%s.%s/id/AAAA".formatted(region, suffix);
      aws.eks().put(region, "main", MemoryEks.Cluster.active("https://" + issuer));
      Player player = new Player(aws, function);

      Played byName = player.play(Events.create("one", Events.properties("ClusterName", "main")));
      Played byUrl =
          player.play(Events.create("one", Events.properties("Url", "https://" + issuer)));

      String arn = "arn:%s:iam::444455556666:oidc-provider/%s".formatted(partition, issuer);
      assertThat(byName.physicalId()).isEqualTo(arn);
      assertThat(byUrl.physicalId()).isEqualTo(arn);
      assertThat(aws.iam().all().get(arn).audiences()).containsExactly("sts.amazonaws.com");
      Played gone =
          player.play(Events.delete("one", arn, Events.properties("ClusterName", "main")));
      assertThat(gone.status()).isEqualTo("SUCCESS");
      assertThat(aws.iam().all()).isEmpty();
    }
  }
}
