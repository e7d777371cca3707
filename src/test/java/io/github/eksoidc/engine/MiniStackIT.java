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
    return Set.of();
  }
}
