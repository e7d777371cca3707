package io.github.eksoidc.provider;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A prefix with which no template's tag key may begin, or seem to begin.
 *
 * <p>People, and programs that fold keys, take a key in other letters for the real one. So a key is
 * rejected if it begins with the prefix without regard to case, to compatibility forms such as
 * full-width letters, to accents, and to letters of other scripts that look alike. Tags are read by
 * their exact keys only.
 */
public enum ReservedPrefix {
  FUNCTION(ProviderTags.RESERVED, "the tags of the function"),
  /** What eksctl writes there says which cluster a provider belongs to. */
  EKSCTL("alpha.eksctl.io/", "eksctl"),
  AWS("aws:", "AWS");

  /** What is left of a letter with its accents, and what nobody sees. */
  private static final Pattern NOT_VISIBLE =
      Pattern.compile("[\\p{M}\\p{C}\\p{Z}\\u115F\\u1160]|[^\\p{L}\\p{N}\\p{ASCII}]");

  /**
   * The letters and digits of other scripts that look like a punctuation mark of a prefix, or like
   * a letter of the one prefix that is too short for {@link #pattern} to take any of them for one.
   */
  private static final Map<Integer, String> LOOK_ALIKES = new TreeMap<>();

  static {
    lookAlike("a", "\u0430\u0251\u03B1\u1D00\u13AA\u15C5\uA4EE\uAB7A");
    lookAlike("w", "\u0461\u051D\u0561\u026F\u0448\u03C9\u1D21\u13B3\u13D4\uA4EA\uAB83\uABA4");
    lookAlike("s", "\u0455\uA731\u01BD\u0282\u054F\u057F\u13DA\u13D5\uA4E2\uABAA");
    lookAlike("-", "\u30FC\u4E00\u1173\u2CBA\u2CBB");
    lookAlike("/", "\u30CE\u4E3F\u3033\u2CC6\u2CC7");
    lookAlike(".", "\u0660\u06F0\uA4F8\uA78F");
    lookAlike(":", "\u02D0\uA4FD");
  }

  private final String text;
  private final String owner;
  private final Pattern pattern;

  ReservedPrefix(String text, String owner) {
    this.text = text;
    this.owner = owner;
    this.pattern = Pattern.compile(pattern(text));
  }

  /** The prefix with which a key begins, or seems to begin. */
  public static Optional<ReservedPrefix> of(String key) {
    String seen = visible(lookAlikes(visible(lookAlikes(key))));
    return Arrays.stream(values())
        .filter(prefix -> prefix.pattern.matcher(seen).lookingAt())
        .findFirst();
  }

  /** The prefix itself. */
  public String text() {
    return text;
  }

  /** Whose keys begin with it. */
  public String owner() {
    return owner;
  }

  /** The letters without case, form and accents. */
  private static String visible(String key) {
    String letters = NOT_VISIBLE.matcher(Normalizer.normalize(key, Form.NFKD)).replaceAll("");
    // First in uppercase, because some letters have a lowercase of their own in no script.
    String folded = letters.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return NOT_VISIBLE.matcher(Normalizer.normalize(folded, Form.NFKD)).replaceAll("");
  }

  private static String lookAlikes(String key) {
    return key.codePoints()
        .mapToObj(c -> LOOK_ALIKES.getOrDefault(c, Character.toString(c)))
        .collect(Collectors.joining());
  }

  /**
   * In a long prefix, a letter or digit that is not one of ASCII may be any letter: a table of all
   * that look alike would never be complete, and no word of another language has its hyphens and
   * slash in these places.
   */
  private static String pattern(String prefix) {
    String anyOther = prefix.length() > 4 ? "\\P{ASCII}" : "";
    return prefix
        .chars()
        .mapToObj(
            c ->
                switch (c) {
                  case 'l', 'i' -> "[li1" + anyOther + "]";
                  case 'o' -> "[o0" + anyOther + "]";
                  case 'w' -> "(?:w|vv)";
                  case '.', '/', ':', '-' -> Pattern.quote(Character.toString(c));
                  default -> "[" + Character.toString(c) + anyOther + "]";
                })
        .collect(Collectors.joining());
  }

  private static void lookAlike(String is, String others) {
    others.codePoints().forEach(c -> LOOK_ALIKES.put(c, is));
  }
}
