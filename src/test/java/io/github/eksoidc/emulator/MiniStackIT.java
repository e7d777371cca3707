package io.github.eksoidc.emulator;

import java.util.Map;
import java.util.Set;

/**
 * How MiniStack differs from AWS. It has no action that changes a provider, and takes any number of
 * audiences.
 */
class MiniStackIT extends EmulatorExpectations {

  @Override
  Emulator startProcess() {
    return Emulator.miniStack(Map.of());
  }

  @Override
  protected Set<String> differences() {
    return Set.of(
        "tags are added, get other values and go",
        "tag keys are compared with case",
        "audiences are added and go",
        "an audience that is there can be added, one that is not can go",
        "thumbprints are replaced",
        "what is not there can't be changed",
        "a provider holds 50 tags",
        "a provider holds 100 audiences");
  }
}
