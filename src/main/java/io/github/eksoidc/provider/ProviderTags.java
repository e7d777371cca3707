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
public final class ProviderTags {

  /** What a provider can hold (IAM and STS quotas). */
  public static final int MAX_COUNT = 50;

  /**
   * What a template may ask for: the rest is for the managed mark, a claim and a mark of a Delete.
   */
  public static final int MAX_DESIRED = MAX_COUNT - 3;

  public static final int MAX_KEY_LENGTH = 128;
  public static final int MAX_VALUE_LENGTH = 256;

  /** Tags under this prefix are the function's own. */
  public static final String RESERVED = "eks-oidc-provider/";

  public static final String MANAGED = RESERVED + "managed";
  public static final String CLAIM = RESERVED + "claim/";
  public static final String DELETING = RESERVED + "deleting/";

  private static final Pattern STORABLE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
  private static final Pattern NOT_STORABLE = Pattern.compile("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]");

  private ProviderTags() {}

  /** An empty map of tags, whose keys are compared as IAM compares them. */
  public static NavigableMap<String, String> none() {
    return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  }

  public static NavigableMap<String, String> copyOf(Map<String, String> tags) {
    NavigableMap<String, String> copy = none();
    copy.putAll(tags);
    return copy;
  }

  public static boolean isReserved(String key) {
    return key.toLowerCase(Locale.ROOT).startsWith(RESERVED);
  }

  public static boolean isAwsOwn(String key) {
    return key.toLowerCase(Locale.ROOT).startsWith("aws:");
  }

  public static boolean isStorable(String text) {
    return STORABLE.matcher(text).matches();
  }

  /** The text with every character that a tag can't hold replaced by an underscore. */
  public static String storable(String text) {
    return NOT_STORABLE.matcher(text).replaceAll("_");
  }
}
