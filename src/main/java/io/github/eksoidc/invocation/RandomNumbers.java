package io.github.eksoidc.invocation;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes the random numbers of functions that Lambda restores from one snapshot differ. They share
 * the seeds of {@link ThreadLocalRandom}, from which the SDK draws the pauses between its retries.
 */
public final class RandomNumbers {

  private static final int MAX_SKIP = 512;

  /** How many numbers of a thread's generator to skip: 0 without SnapStart. */
  private static volatile int skip;

  private RandomNumbers() {}

  /** To be called when Lambda has restored the function, before it handles an event. */
  public static void afterRestore() {
    skip = new SecureRandom().nextInt(MAX_SKIP);
  }

  /**
   * To be called before each AWS call, in its thread. Without this, restored functions would retry
   * in step.
   */
  static void skip() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = skip; i > 0; i--) {
      random.nextInt();
    }
  }
}
