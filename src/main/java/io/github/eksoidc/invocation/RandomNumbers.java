package io.github.eksoidc.invocation;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Random numbers that differ between the functions which Lambda restores from one snapshot. They
 * share the state of each generator in it, so none is held.
 */
public final class RandomNumbers {

  private static final int NONCE_BYTES = 8;
  private static final int MAX_SKIP = 512;

  /** How many numbers of a thread's generator to skip: 0 without SnapStart. */
  private static volatile int skip;

  private RandomNumbers() {}

  /** To be called when Lambda has restored the function, before it handles an event. */
  public static void afterRestore() {
    skip = new SecureRandom().nextInt(MAX_SKIP);
  }

  /**
   * To be called before each AWS call, in its thread. The functions also share the seeds of {@link
   * ThreadLocalRandom}, from which the SDK draws the pauses between its retries. Without this, they
   * would retry in step.
   */
  static void skip() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = skip; i > 0; i--) {
      random.nextInt();
    }
  }

  /** Returns a random, unique value: 16 lower-case hex digits. */
  static String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
