package io.github.eksoidc.provider;

import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * IAM's rules for tags, and the names of ours.
 *
 * <p>Keys are compared without case, as IAM does (IAM User Guide, "Tagging IAM resources").
 */
final class Tags {

  /** What a provider can hold (IAM and STS quotas). */
  static final int MOST = 50;

  /**
   * What a template may ask for: the rest is for the managed mark, a claim and a mark of a Delete.
   */
  static final int MOST_ASKED = MOST - 3;

  static final int LONGEST_KEY = 128;
  static final int LONGEST_VALUE = 256;

  /** Tags under this prefix are the function's own. */
  static final String RESERVED = "eks-oidc-provider/";

  static final String MANAGED = RESERVED + "managed";
  static final String CLAIM = RESERVED + "claim/";
  static final String DELETING = RESERVED + "deleting/";

  private static final Pattern STORABLE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
  private static final Pattern NOT_STORABLE = Pattern.compile("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]");

  private Tags() {}

  /** An empty map of tags, whose keys are compared as IAM compares them. */
  static NavigableMap<String, String> none() {
    return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  }

  static NavigableMap<String, String> copyOf(Map<String, String> tags) {
    NavigableMap<String, String> copy = none();
    copy.putAll(tags);
    return copy;
  }

  static boolean isReserved(String key) {
    return key.toLowerCase(Locale.ROOT).startsWith(RESERVED);
  }

  static boolean isAwsOwn(String key) {
    return key.toLowerCase(Locale.ROOT).startsWith("aws:");
  }

  static boolean isStorable(String text) {
    return STORABLE.matcher(text).matches();
  }

  /** The text with every character that a tag can't hold replaced by an underscore. */
  static String storable(String text) {
    return NOT_STORABLE.matcher(text).replaceAll("_");
  }
}
