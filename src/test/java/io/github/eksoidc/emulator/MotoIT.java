package io.github.eksoidc.emulator;

import java.util.Set;

/**
 * How moto's server differs from AWS. It folds the case of tag keys, has no way to add an audience
 * (status 500), and counts the tags of one call only.
 */
class MotoIT extends EmulatorExpectations {

  @Override
  Emulator startProcess() {
    return Emulator.moto();
  }

  @Override
  protected Set<String> differences() {
    return Set.of(
        "tag keys are compared with case",
        "audiences are added and go",
        "an audience that is there can be added, one that is not can go",
        "a provider holds 50 tags");
  }
}
