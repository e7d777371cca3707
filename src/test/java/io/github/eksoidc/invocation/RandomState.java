package io.github.eksoidc.invocation;

import java.math.BigInteger;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;

/**
 * The state of a thread's {@link ThreadLocalRandom}, found from the first number that a test draws
 * in this thread, by reversing the JDK's algorithm.
 *
 * <p>Each number is {@code mix(state)}, after an increment of the state. The first state of a
 * thread is {@code mix(seed)}, after an increment of the seed for the next thread.
 */
record RandomState(long state, long increment) {

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final long SEED_INCREMENT = 0xbb67ae8584caa73bL;
  private static final long FACTOR = 0xff51afd7ed558ccdL;
  private static final long OTHER_FACTOR = 0xc4ceb9fe1a85ec53L;
  private static final int SHIFT = 33;

  /** How many threads may have got a generator between the two of a comparison. */
  private static final int MAX_THREADS = 100;

  private static final int MAX_SKIP = 1_000_000;

  static RandomState ofThisThread() {
    long increment = (Thread.currentThread().threadId() << 1) + GOLDEN_GAMMA;
    return new RandomState(unmix(ThreadLocalRandom.current().nextLong()) - increment, increment);
  }

  /**
   * Returns how many numbers the thread had drawn.
   *
   * @param before of a thread that was started before and had drawn none
   */
  long skippedSince(RandomState before) {
    long seed = unmix(before.state);
    return LongStream.rangeClosed(1, MAX_THREADS)
        .map(threads -> state - mix(seed + threads * SEED_INCREMENT))
        .map(difference -> difference * inverse(increment))
        .filter(skipped -> skipped >= 0 && skipped < MAX_SKIP)
        .findFirst()
        .orElseThrow(() -> new AssertionError("ThreadLocalRandom has another algorithm"));
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> SHIFT)) * FACTOR;
    long b = (a ^ (a >>> SHIFT)) * OTHER_FACTOR;
    return b ^ (b >>> SHIFT);
  }

  private static long unmix(long z) {
    long b = (z ^ (z >>> SHIFT)) * inverse(OTHER_FACTOR);
    long a = (b ^ (b >>> SHIFT)) * inverse(FACTOR);
    return a ^ (a >>> SHIFT);
  }

  private static long inverse(long odd) {
    return BigInteger.valueOf(odd).modInverse(BigInteger.TWO.pow(Long.SIZE)).longValue();
  }
}
