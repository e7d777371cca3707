package io.github.eksoidc.engine;

import io.github.eksoidc.aws.EdgeExpectations;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.eks.EksClient;

/** What MiniStack does as expected, and what not: see docs/emulators.md. */
class MiniStackIT extends EdgeExpectations {

  private Emulator miniStack;

  @Override
  protected Place start() {
    miniStack = Emulator.miniStack(Map.of());
    return new Place(miniStack.endpoint(), Emulator.ACCOUNT);
  }

  @Override
  protected void stop() {
    miniStack.close();
  }

  @Override
  protected void makeCluster(String name) {
    Clusters.create(Stacks.client(EksClient.builder(), miniStack.endpoint()), name);
  }

  @Override
  protected Set<String> differences() {
    return Set.of(
        "tags are added, get other values and go",
        "tag keys are compared without case and keep their case",
        "audiences are added and go",
        "an audience that is there can be added, one that is not can go",
        "thumbprints are replaced",
        "what is not there can't be changed",
        "a provider holds 50 tags",
        "a provider holds 100 audiences");
  }
}
