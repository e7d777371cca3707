package io.github.eksoidc.benchmark;

import io.github.eksoidc.process.FunctionProcess;
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
record Contender(String name, List<String> command, Path folder, boolean snapStart) {

  /** With SnapStart the compiler is not held back. */
  private static final List<String> SNAP_START =
      List.of("-XX:+UseSerialGC", "-Xmx400m", FunctionProcess.HOOKS);

  static Contender java(String name, Path folder, String handler) {
    return new Contender(
        name, FunctionProcess.command(FunctionProcess.ON_DEMAND, handler), folder, false);
  }

  static Contender snapStart(String name, Path folder, String handler) {
    return new Contender(name, FunctionProcess.command(SNAP_START, handler), folder, true);
  }

  static Contender node(String name, Path folder) {
    return new Contender(name, List.of("node", "runtime.mjs"), folder, false);
  }

  /** The same, with more arguments for its runtime. */
  Contender with(List<String> arguments) {
    List<String> more = new ArrayList<>(command);
    more.addAll(1, arguments);
    return new Contender(name, more, folder, snapStart);
  }
}
