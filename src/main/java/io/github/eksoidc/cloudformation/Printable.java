package io.github.eksoidc.cloudformation;

import java.util.regex.Pattern;

/** Makes text printable, for consoles and terminals. */
final class Printable {

  private static final Pattern SPACE = Pattern.compile("[\\t\\n\\x0B\\f\\r\\x85\\p{Zl}\\p{Zp}]");

  /**
   * Control characters, what changes the direction of text, what nobody sees, halves of characters,
   * and what is no character. The two joiners are parts of characters, such as emoji.
   */
  private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{C}&&[^\\u200C\\u200D]]");

  private Printable() {}

  /** Returns the text with U+FFFD for each character that is not printable, and on one line. */
  static String of(String text) {
    return NOT_PRINTABLE.matcher(SPACE.matcher(text).replaceAll(" ")).replaceAll("\uFFFD");
  }
}
