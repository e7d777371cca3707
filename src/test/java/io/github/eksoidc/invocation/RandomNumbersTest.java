package io.github.eksoidc.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Functions restored from one snapshot start their threads with the same states of {@link
 * ThreadLocalRandom}, from which the SDK draws the pauses between its retries.
 */
class RandomNumbersTest {

  private final LoggedCalls calls =
      new LoggedCalls(
          new Progress("id"),
          new JsonLog(new PrintStream(OutputStream.nullOutputStream()), Map.of()));

  /** In each thread that makes a call: an audit has many. */
  @Test
  void callsOfRestoredFunctionsSkipDifferentCountsOfRandomNumbers() throws InterruptedException {
    assertThat(skippedNumbers()).isZero();

    Set<Long> skipped = new HashSet<>();
    for (int restore = 0; restore < 8; restore++) {
      RandomNumbers.afterRestore();
      skipped.add(skippedNumbers());
    }

    // Of eight counts below 512, two or fewer differ in one of 10^14 runs.
    assertThat(skipped).hasSizeGreaterThan(2).allSatisfy(n -> assertThat(n).isBetween(0L, 511L));
  }

  /** Returns how many numbers a new thread has skipped when it makes its first call. */
  private long skippedNumbers() throws InterruptedException {
    RandomState direct = inNewThread(RandomState::ofThisThread);
    return inNewThread(() -> calls.call("a", RandomState::ofThisThread, _ -> "id"))
        .skippedSince(direct);
  }

  private static RandomState inNewThread(Supplier<RandomState> work) throws InterruptedException {
    AtomicReference<RandomState> state = new AtomicReference<>();
    Thread.ofPlatform().start(() -> state.set(work.get())).join();
    return state.get();
  }
}
