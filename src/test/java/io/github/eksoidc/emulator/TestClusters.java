package io.github.eksoidc.emulator;

import software.amazon.awssdk.services.eks.EksClient;

/** EKS clusters of an emulator. */
final class TestClusters {

  private TestClusters() {}

  /** Creates a cluster without nodes. */
  static void create(EksClient eks, String name) {
    eks.createCluster(
        request ->
            request
                .name(name)
                .roleArn("arn:aws:iam::" + Emulator.ACCOUNT + ":role/cluster")
                .resourcesVpcConfig(vpc -> vpc.subnetIds("subnet-1", "subnet-2")));
  }
}
