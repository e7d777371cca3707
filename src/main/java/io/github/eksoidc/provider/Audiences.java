package io.github.eksoidc.provider;

import static io.github.eksoidc.properties.ResourceProperties.badValue;

import java.util.regex.Pattern;

/** The rules for audiences, which IAM calls client IDs and tokens carry as {@code aud}. */
public final class Audiences {

  /** The audience of IRSA, in every partition. */
  public static final String DEFAULT = "sts.amazonaws.com";

  /** How many audiences a provider can have (IAM and STS quotas). */
  public static final int MAX_COUNT = 100;

  private static final int MAX_LENGTH = 255;

  /**
   * What IAM's XML responses can't carry unchanged: a provider with such an audience could be
   * created, but never be read again. U+FFFD is what remains of half a character after decoding.
   *
   * @see <a href="https://www.w3.org/TR/xml/#charsets">XML 1.0, 2.2 Characters</a>
   */
  private static final Pattern UNREADABLE =
      Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9F}\\p{Cs}\\x{FFFD}-\\x{FFFF}]");

  private Audiences() {}

  /**
   * Checks one audience.
   *
   * @param property what the reason names
   * @throws io.github.eksoidc.resource.RequestFailedException if it is empty, longer than 255
   *     characters, holds a control character, or holds <code>${</code>, which begins a policy
   *     variable in a trust policy
   */
  public static String check(String property, String audience) {
    if (audience.isEmpty()
        || audience.length() > MAX_LENGTH
        || audience.contains("${")
        || UNREADABLE.matcher(audience).find()) {
      throw badValue(
          property,
          audience,
          "1 to %d characters long, without control characters and without ${, which begins a"
                  .formatted(MAX_LENGTH)
              + " variable in an IAM policy");
    }
    return audience;
  }
}
