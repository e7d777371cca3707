package io.github.eksoidc.benchmark;

import io.github.eksoidc.harness.FunctionProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One function in the race.
 *
 * @param name for the table
 * @param command starts its runtime
 * @param folder where its package is unpacked
 * @param snapStart whether it is started as SnapStart does
 */
record Candidate(String name, List<String> command, Path folder, boolean snapStart) {

  /** With SnapStart the compiler is not held back. */
  private static final List<String> SNAP_START =
      List.of("-XX:+UseSerialGC", "-Xmx400m", FunctionProcess.HOOKS);

  static Candidate java(String name, Path folder, String handler) {
    return new Candidate(
        name, FunctionProcess.command(FunctionProcess.ON_DEMAND, handler), folder, false);
  }

  static Candidate snapStart(String name, Path folder, String handler) {
    return new Candidate(name, FunctionProcess.command(SNAP_START, handler), folder, true);
  }

  static Candidate node(String name, Path folder) {
    return new Candidate(name, List.of("node", "runtime.mjs"), folder, false);
  }

  /** The same, with more arguments for its runtime. */
  Candidate with(List<String> arguments) {
    List<String> more = new ArrayList<>(command);
    more.addAll(1, arguments);
    return new Candidate(name, more, folder, snapStart);
  }
}
