package io.github.eksoidc.trust;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.properties.ResourceProperties;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A Kubernetes service account, or all service accounts of one namespace whose names match a
 * pattern.
 *
 * <p>Names follow the rules of Kubernetes ("Object Names and IDs"): a namespace is a DNS label, the
 * name of a service account is a DNS subdomain. A wildcard is allowed where a letter or a digit is.
 *
 * @param namespace the namespace, without wildcards
 * @param name the name; {@code *} matches any text, {@code ?} matches one character
 */
public record ServiceAccount(String namespace, String name) implements Comparable<ServiceAccount> {

  private static final int MAX_LABEL_LENGTH = 63;
  private static final int MAX_SUBDOMAIN_LENGTH = 253;

  /**
   * How many patterns {@link #minimal} compares with each service account. More of them are too
   * large for a response, unless one of the shortest includes them.
   */
  private static final int MAX_PATTERNS = 500;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  private static final Pattern SUBDOMAIN =
      Pattern.compile(
          "[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?(\\.[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?)*");

  private static final Pattern WILDCARDS = Pattern.compile("[*?]{2,}");

  private static final Comparator<ServiceAccount> BY_SUBJECT =
      Comparator.comparing(ServiceAccount::subject);

  /**
   * Creates a service account. Adjacent wildcards are put into one order: each {@code ?}, then at
   * most one {@code *}. The name still matches the same names.
   */
  public ServiceAccount {
    requireNonNull(namespace, "namespace is null");
    requireNonNull(name, "name is null");
    name = WILDCARDS.matcher(name).replaceAll(run -> inOrder(run.group()));
  }

  private static String inOrder(String wildcards) {
    String stars = wildcards.replace("?", "");
    return wildcards.replace("*", "") + (stars.isEmpty() ? "" : "*");
  }

  /**
   * Parses {@code namespace:name}.
   *
   * @param property the name of the property, for the reason
   * @throws io.github.eksoidc.resource.RequestFailedException if Kubernetes does not allow such a
   *     service account
   */
  public static ServiceAccount parse(String property, String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw ResourceProperties.badValue(
          property, text, "namespace:name, such as default:my-app for the service account my-app");
    }
    String namespace = text.substring(0, colon);
    String name = text.substring(colon + 1);
    if (namespace.length() > MAX_LABEL_LENGTH || !LABEL.matcher(namespace).matches()) {
      throw ResourceProperties.badValue(
          "The namespace of " + property,
          namespace,
          ("1 to %d lowercase letters, digits and hyphens, with a letter or digit at both ends;"
                  + " only the name can have wildcards")
              .formatted(MAX_LABEL_LENGTH));
    }
    if (name.length() > MAX_SUBDOMAIN_LENGTH || !SUBDOMAIN.matcher(name).matches()) {
      throw ResourceProperties.badValue(
          "The name of " + property,
          name,
          ("1 to %d lowercase letters, digits, hyphens, dots, and the wildcards * and ?, with a"
                  + " letter or digit beside each dot and at both ends")
              .formatted(MAX_SUBDOMAIN_LENGTH));
    }
    return new ServiceAccount(namespace, name);
  }

  /**
   * Returns a list that matches the same service accounts: sorted, without duplicates, and without
   * service accounts that a pattern in the list includes.
   */
  static List<ServiceAccount> minimal(List<ServiceAccount> serviceAccounts) {
    List<ServiceAccount> distinct = serviceAccounts.stream().distinct().sorted().toList();
    List<ServiceAccount> patterns =
        distinct.stream()
            .filter(ServiceAccount::isPattern)
            .sorted(Comparator.comparingInt(ServiceAccount::minLength))
            .limit(MAX_PATTERNS)
            .toList();
    return distinct.stream()
        .filter(
            one -> patterns.stream().noneMatch(other -> !other.equals(one) && other.includes(one)))
        .toList();
  }

  /** Returns the {@code sub} claim of its tokens, or a pattern for that claim. */
  public String subject() {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  /** Returns true if the name has a wildcard. */
  public boolean isPattern() {
    return isPattern(name);
  }

  /** Returns the length of the shortest name that matches. */
  private int minLength() {
    return (int) name.chars().filter(c -> c != '*').count();
  }

  static boolean isPattern(String name) {
    return name.indexOf('*') >= 0 || name.indexOf('?') >= 0;
  }

  /**
   * Returns true only if this pattern matches every service account that the other one matches. Two
   * different ones never include each other.
   */
  boolean includes(ServiceAccount other) {
    return namespace.equals(other.namespace) && includes(name, other.name);
  }

  /**
   * Matches a pattern against the characters of another pattern: {@code *} matches any of them,
   * {@code ?} matches one that is not {@code *}. Only the last {@code *} is tried again with more
   * text, so the time grows with the product of the two lengths.
   */
  private static boolean includes(String pattern, String other) {
    int p = 0;
    int o = 0;
    int star = -1;
    int resume = 0;
    while (o < other.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = o;
      } else if (p < pattern.length() && matches(pattern.charAt(p), other.charAt(o))) {
        p++;
        o++;
      } else if (star >= 0) {
        p = star + 1;
        o = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private static boolean matches(char pattern, char other) {
    return pattern == '?' ? other != '*' : pattern == other;
  }

  @Override
  public int compareTo(ServiceAccount other) {
    return BY_SUBJECT.compare(this, other);
  }
}
