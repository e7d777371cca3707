package io.github.eksoidc.aws;

import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;

/** The in-memory AWS meets every expectation. */
class InMemoryAwsTest extends AwsExpectations {

  private InMemoryAws aws;

  @Override
  protected Place start() {
    aws = InMemoryAws.start();
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
