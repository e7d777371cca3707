package io.github.eksoidc.engine;

import io.github.eksoidc.aws.EdgeExpectations;
import java.util.Set;
import software.amazon.awssdk.services.eks.EksClient;

/** What moto's server does as expected, and what not: see docs/emulators.md. */
class MotoIT extends EdgeExpectations {

  private Emulator moto;

  @Override
  protected Place start() {
    moto = Emulator.moto();
    return new Place(moto.endpoint(), Emulator.ACCOUNT);
  }

  @Override
  protected void stop() {
    moto.close();
  }

  @Override
  protected void makeCluster(String name) {
    Clusters.create(Stacks.client(EksClient.builder(), moto.endpoint()), name);
  }

  @Override
  protected Set<String> differences() {
    return Set.of(
        "audiences are added and go",
        "an audience that is there can be added, one that is not can go",
        "a provider holds 50 tags");
  }
}
