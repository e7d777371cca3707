package io.github.eksoidc.trust;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.properties.ResourceProperties;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A Kubernetes service account, or all service accounts whose namespaces and names match patterns.
 *
 * <p>Names follow the rules of Kubernetes ("Object Names and IDs"): a namespace is a DNS label, the
 * name of a service account is a DNS subdomain. A wildcard is allowed where a letter or a digit is.
 *
 * <p>IAM's wildcards also match a colon. A subject has exactly three colons, because namespaces and
 * names have none, and {@link #subject} has three of its own. So a wildcard of a namespace never
 * matches a part of a name, nor the other way round.
 *
 * @param namespace the namespace or a pattern for it, with one literal character or more
 * @param name the name or a pattern for it; {@code *} matches any text, {@code ?} one character
 */
public record ServiceAccount(String namespace, String name) implements Comparable<ServiceAccount> {

  private static final String SUBJECT_PREFIX = "system:serviceaccount:";

  /** What Kubernetes calls the groups of all service accounts, and of those of a namespace. */
  private static final String GROUP_PREFIX = "system:serviceaccounts:";

  private static final int MAX_LABEL_LENGTH = 63;
  private static final int MAX_SUBDOMAIN_LENGTH = 253;

  /**
   * How many patterns {@link #minimal} compares with each service account. More of them are too
   * large for a response, unless one of the shortest includes them.
   */
  private static final int MAX_PATTERNS = 500;

  private static final String LABEL_PATTERN = "[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?";
  private static final Pattern LABEL = Pattern.compile(LABEL_PATTERN);
  private static final Pattern SUBDOMAIN =
      Pattern.compile(LABEL_PATTERN + "(\\." + LABEL_PATTERN + ")*");

  private static final Pattern WILDCARDS = Pattern.compile("[*?]{2,}");

  private static final Comparator<ServiceAccount> BY_SUBJECT =
      Comparator.comparing(ServiceAccount::subject);

  /**
   * Creates a service account. Adjacent wildcards are put into one order: each {@code ?}, then at
   * most one {@code *}. The patterns still match the same names.
   */
  public ServiceAccount {
    requireNonNull(namespace, "namespace is null");
    requireNonNull(name, "name is null");
    namespace = inOneOrder(namespace);
    name = inOneOrder(name);
  }

  private static String inOneOrder(String pattern) {
    return WILDCARDS.matcher(pattern).replaceAll(run -> inOrder(run.group()));
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
    if (colon < 0
        || text.indexOf(',') >= 0
        || text.startsWith(SUBJECT_PREFIX)
        || text.startsWith(GROUP_PREFIX)) {
      throw ResourceProperties.badValue(property, text, allowedInsteadOf(text));
    }
    String namespace = text.substring(0, colon);
    String name = text.substring(colon + 1);
    if (namespace.length() > MAX_LABEL_LENGTH || !LABEL.matcher(namespace).matches()) {
      throw ResourceProperties.badValue(
          "The namespace of " + property,
          namespace,
          ("1 to %d lowercase letters, digits, hyphens, and the wildcards * and ?, with a letter,"
                  + " digit or wildcard at both ends")
              .formatted(MAX_LABEL_LENGTH));
    }
    if (namespace.chars().allMatch(ServiceAccount::isWildcard)) {
      throw ResourceProperties.badValue(
          "The namespace of " + property,
          namespace,
          "a pattern with at least one character besides the wildcards, such as preview-*, because"
              + " whoever can create a namespace could assume the role otherwise");
    }
    if (name.length() > MAX_SUBDOMAIN_LENGTH || !SUBDOMAIN.matcher(name).matches()) {
      throw ResourceProperties.badValue(
          "The name of " + property,
          name,
          ("1 to %d lowercase letters, digits, hyphens, dots, and the wildcards * and ?, with a"
                  + " letter, digit or wildcard beside each dot and at both ends")
              .formatted(MAX_SUBDOMAIN_LENGTH));
    }
    return new ServiceAccount(namespace, name);
  }

  /** Names the service account that a value in another form probably means. */
  private static String allowedInsteadOf(String text) {
    if (text.indexOf(',') >= 0) {
      return "one service account: give each one as its own item of the list";
    }
    if (text.startsWith(SUBJECT_PREFIX)) {
      return "%s without %s, which the policy adds"
          .formatted(
              ResourceProperties.quoted(text.substring(SUBJECT_PREFIX.length())), SUBJECT_PREFIX);
    }
    if (text.startsWith(GROUP_PREFIX) && text.length() > GROUP_PREFIX.length()) {
      return "%s for all service accounts of the namespace, because a token names no group"
          .formatted(ResourceProperties.quoted(text.substring(GROUP_PREFIX.length()) + ":*"));
    }
    if (text.indexOf('/') > 0 && text.indexOf('/') == text.lastIndexOf('/')) {
      return ResourceProperties.quoted(text.replace('/', ':')) + ", with a colon";
    }
    return "namespace:name, such as default:my-app for the service account my-app";
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
            one -> patterns.stream().noneMatch(other -> other.includes(one) && !other.equals(one)))
        .toList();
  }

  /** Returns the {@code sub} claim of its tokens, or a pattern for that claim. */
  public String subject() {
    return SUBJECT_PREFIX + namespace + ":" + name;
  }

  /** Returns true if the namespace or the name has a wildcard. */
  public boolean isPattern() {
    return isPattern(namespace) || isPattern(name);
  }

  /** Returns the length of the shortest namespace and name that match. */
  private int minLength() {
    return (int) (namespace + name).chars().filter(c -> c != '*').count();
  }

  static boolean isPattern(String text) {
    return text.chars().anyMatch(ServiceAccount::isWildcard);
  }

  private static boolean isWildcard(int character) {
    return character == '*' || character == '?';
  }

  /**
   * Returns true only if this pattern matches every service account that the other one matches. Two
   * different ones never include each other.
   */
  boolean includes(ServiceAccount other) {
    return (namespace.equals(other.namespace) || includes(namespace, other.namespace))
        && includes(name, other.name);
  }

  /**
   * Matches a pattern against the characters of another pattern: {@code *} matches any of them,
   * {@code ?} matches one that is not {@code *}. Only the last {@code *} is tried again with more
   * text, so the time grows with the product of the two lengths.
   */
  private static boolean includes(String pattern, String other) {
    if (endsDiffer(pattern, other)) {
      return false;
    }
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

  /** Whether two letters at the end differ, which excludes most pairs of a long list quickly. */
  private static boolean endsDiffer(String pattern, String other) {
    if (pattern.isEmpty() || other.isEmpty()) {
      return false;
    }
    char last = pattern.charAt(pattern.length() - 1);
    return last != '*' && !matches(last, other.charAt(other.length() - 1));
  }

  private static boolean matches(char pattern, char other) {
    return pattern == '?' ? other != '*' : pattern == other;
  }

  @Override
  public int compareTo(ServiceAccount other) {
    return BY_SUBJECT.compare(this, other);
  }
}
