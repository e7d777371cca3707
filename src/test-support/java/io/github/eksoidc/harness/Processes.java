package io.github.eksoidc.harness;

import java.util.concurrent.TimeUnit;

/** Ends the processes of the tests. */
public final class Processes {

  private static final int SECONDS = 10;

  private Processes() {}

  /** Terminates a process, by force if it does not end within seconds. */
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
