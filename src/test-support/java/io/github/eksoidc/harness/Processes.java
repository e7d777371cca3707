package io.github.eksoidc.harness;

import java.util.concurrent.TimeUnit;

/** Processes of the tests come to an end, whatever they are doing. */
public final class Processes {

  private static final int SECONDS = 10;

  private Processes() {}

  /** Asks a process to end, and ends it if it does not. */
  public static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
