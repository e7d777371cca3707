package io.github.eksoidc.harness;

/**
 * How much the tests do. {@code mvn verify} takes a sample of each kind of input, so that it ends
 * within three minutes. {@code mvn verify -Pthorough} takes all of it.
 */
public final class TestSize {

  private static final boolean THOROUGH = Boolean.getBoolean("thorough");

  private TestSize() {}

  /** Returns true under {@code -Pthorough}. */
  public static boolean isThorough() {
    return THOROUGH;
  }

  /** Returns {@code thorough} under {@code -Pthorough}, otherwise {@code usual}. */
  public static int of(int usual, int thorough) {
    return THOROUGH ? thorough : usual;
  }
}
