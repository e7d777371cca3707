package io.github.eksoidc.aws;

import io.github.eksoidc.memory.MemoryAws;
import io.github.eksoidc.memory.MemoryEks.Cluster;

/** The AWS in memory meets every expectation. */
class MemoryAwsTest extends EdgeExpectations {

  private MemoryAws aws;

  @Override
  protected Place start() {
    aws = MemoryAws.start();
    return new Place(aws.endpoint(), aws.account());
  }

  @Override
  protected void stop() {
    aws.close();
  }

  @Override
  protected void makeCluster(String name) {
    aws.eks()
        .put(
            aws.region(), name, Cluster.active("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA"));
  }
}
