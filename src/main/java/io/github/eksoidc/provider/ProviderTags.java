package io.github.eksoidc.provider;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * IAM's rules for tags, and the reserved prefix.
 *
 * <p>Keys are compared exactly, as IAM does for OIDC providers. Only for users and roles does it
 * compare them without case (IAM User Guide, "Tagging IAM resources", "Case sensitivity").
 */
public final class ProviderTags {

  /** How many tags a provider can have (IAM and STS quotas). */
  public static final int MAX_COUNT = 50;

  /** How many tags a template may give: the others are the managed tag, a claim and a lease. */
  public static final int MAX_DESIRED = MAX_COUNT - 3;

  /**
   * How many tags stay free when a resource adds tags to a provider that it shares: added tags stay
   * after its Delete, and each other resource needs one.
   */
  public static final int FREE_FOR_OTHERS = 10;

  public static final int MAX_KEY_LENGTH = 128;
  public static final int MAX_VALUE_LENGTH = 256;

  /** What the function's own keys begin with; see {@link ReservedPrefix}. */
  public static final String RESERVED = "eks-oidc-provider/";

  private static final Pattern STORABLE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
  private static final Pattern NOT_STORABLE = Pattern.compile("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]");

  private ProviderTags() {}

  /** Returns an empty map whose keys are compared as IAM compares them. */
  public static NavigableMap<String, String> none() {
    return new TreeMap<>();
  }

  /** Returns a copy whose keys are compared as IAM compares them. */
  public static NavigableMap<String, String> copyOf(Map<String, String> tags) {
    NavigableMap<String, String> copy = none();
    copy.putAll(tags);
    return copy;
  }

  /** Whether the key is one of the function's own. */
  public static boolean isReserved(String key) {
    return key.startsWith(RESERVED);
  }

  /** Whether IAM allows every character of the text in a tag. */
  public static boolean isStorable(String text) {
    return STORABLE.matcher(text).matches();
  }

  /** Returns the text with an underscore for every character that IAM does not allow in a tag. */
  public static String storable(String text) {
    return NOT_STORABLE.matcher(text).replaceAll("_");
  }
}
