package io.github.eksoidc.harness;

import io.github.eksoidc.provider.Providers;
import java.time.Duration;

/**
 * How much the tests do. {@code mvn verify} takes a sample of each kind of input, so that it ends
 * within three minutes. {@code mvn verify -Pthorough} takes all of it.
 */
public final class TestSize {

  /**
   * How far the function that tests start takes reads of IAM to lag at most: 20 seconds under
   * {@code -Pthorough}.
   */
  public static final Duration MAX_LAG = Providers.MAX_LAG;

  private static final boolean THOROUGH = Boolean.getBoolean("thorough");

  private TestSize() {}

  /** Returns true under {@code -Pthorough}. */
  public static boolean isThorough() {
    return THOROUGH;
  }

  /** Returns this part of {@link #MAX_LAG}. */
  public static Duration ofMaxLag(double part) {
    return Duration.ofMillis(Math.round(MAX_LAG.toMillis() * part));
  }

  /** Returns {@code thorough} under {@code -Pthorough}, otherwise {@code usual}. */
  public static int of(int usual, int thorough) {
    return THOROUGH ? thorough : usual;
  }
}
