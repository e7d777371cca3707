package io.github.eksoidc.benchmark;

import io.github.eksoidc.harness.FunctionProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A function to measure.
 *
 * @param name its name in the table
 * @param command starts its runtime
 * @param folder where its package is unpacked
 * @param memory its memory size in MB
 * @param snapStart whether to start it as SnapStart does
 */
record Candidate(String name, List<String> command, Path folder, int memory, boolean snapStart) {

  private static final int DEFAULT_MEMORY = 512;

  /** Lambda gives one vCPU for this memory size (MB). */
  private static final double MEMORY_OF_ONE_PROCESSOR = 1769;

  /** Managed Java gives this share of the memory size to the heap. */
  private static final double HEAP = 0.85;

  static Candidate java(String name, Path folder, String handler) {
    return java(name, folder, handler, DEFAULT_MEMORY);
  }

  static Candidate java(String name, Path folder, String handler, int memory) {
    List<String> arguments = heap(memory);
    arguments.add("-XX:TieredStopAtLevel=1");
    return new Candidate(name, FunctionProcess.command(arguments, handler), folder, memory, false);
  }

  /** With SnapStart, managed Java also uses the optimizing compiler. */
  static Candidate snapStart(String name, Path folder, String handler) {
    List<String> arguments = heap(DEFAULT_MEMORY);
    arguments.add(FunctionProcess.HOOKS);
    return new Candidate(
        name, FunctionProcess.command(arguments, handler), folder, DEFAULT_MEMORY, true);
  }

  static Candidate node(String name, Path folder) {
    return new Candidate(name, List.of("node", "runtime.mjs"), folder, DEFAULT_MEMORY, false);
  }

  private static List<String> heap(int memory) {
    return new ArrayList<>(
        List.of("-XX:+UseSerialGC", "-Xmx" + (int) (memory * HEAP * 1024) + "k"));
  }

  /** Returns the share of a processor that Lambda gives after the init phase. */
  double processors() {
    return memory / MEMORY_OF_ONE_PROCESSOR;
  }

  /** Returns the same function with more arguments for its runtime. */
  Candidate with(List<String> arguments) {
    List<String> more = new ArrayList<>(command);
    more.addAll(1, arguments);
    return new Candidate(name, more, folder, memory, snapStart);
  }
}
