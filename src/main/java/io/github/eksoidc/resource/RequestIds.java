package io.github.eksoidc.resource;

import java.util.regex.Pattern;

/** The ids of requests. */
public final class RequestIds {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private RequestIds() {}

  /**
   * Returns the id in a form that tags and physical ids can hold: CloudFormation's own or, if that
   * has other characters than letters, digits, hyphens and underscores or more than 64 of them, a
   * hash of it.
   */
  public static String plain(String id) {
    return PLAIN.matcher(id).matches() ? id : ShortHash.of(id);
  }
}
