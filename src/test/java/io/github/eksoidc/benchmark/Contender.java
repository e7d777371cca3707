package io.github.eksoidc.benchmark;

import io.github.eksoidc.process.FunctionProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One function in the race.
 *
 * @param name for the table
 * @param command starts its runtime
 * @param folder where its package is unpacked
 * @param snapStart whether it is started as SnapStart does
 */
record Contender(String name, List<String> command, Path folder, boolean snapStart) {

  /** As managed Java 25 starts a function of 512 MB without SnapStart. */
  private static final List<String> JAVA =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx400m");

  /** With SnapStart the compiler is not held back. */
  private static final List<String> JAVA_SNAP_START =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx400m",
          "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");

  static Contender java(String name, Path folder, String handler) {
    return java(name, folder, handler, JAVA, false);
  }

  static Contender snapStart(String name, Path folder, String handler) {
    return java(name, folder, handler, JAVA_SNAP_START, true);
  }

  private static Contender java(
      String name, Path folder, String handler, List<String> arguments, boolean snapStart) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    command.add("--enable-native-access=ALL-UNNAMED");
    FunctionProcess.nativeClient().ifPresent(command::add);
    command.add("-cp");
    command.add(
        FunctionProcess.runtimeJars().stream()
            .map(jar -> jar.toAbsolutePath().toString())
            .collect(Collectors.joining(java.io.File.pathSeparator)));
    command.add(FunctionProcess.RUNTIME);
    command.add(handler);
    return new Contender(name, command, folder, snapStart);
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
