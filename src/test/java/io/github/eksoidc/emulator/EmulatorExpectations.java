package io.github.eksoidc.emulator;

import io.github.eksoidc.aws.AwsExpectations;
import software.amazon.awssdk.services.eks.EksClient;

/** The expectations of an emulator in its own process: see docs/emulators.md. */
abstract class EmulatorExpectations extends AwsExpectations {

  private Emulator emulator;

  /** Starts the emulator's process. */
  abstract Emulator startProcess();

  @Override
  protected Place start() {
    emulator = startProcess();
    return new Place(emulator.endpoint(), Emulator.ACCOUNT);
  }

  @Override
  protected void stop() {
    emulator.close();
  }

  @Override
  protected void makeCluster(String name) {
    TestClusters.create(StackClient.client(EksClient.builder(), emulator.endpoint()), name);
  }
}
