package io.github.eksoidc.trust;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.ResourceProperties;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Service accounts of Kubernetes: one, or with a wildcard in the name all of one namespace whose
 * names fit.
 *
 * <p>The rules are those of Kubernetes ("Object Names and IDs"): a namespace is a DNS label, a
 * service account's name a DNS subdomain. A wildcard stands for letters and digits there.
 *
 * @param namespace literal
 * @param name may hold {@code *} and {@code ?}
 */
public record ServiceAccount(String namespace, String name) implements Comparable<ServiceAccount> {

  private static final int MAX_LABEL_LENGTH = 63;
  private static final int MAX_SUBDOMAIN_LENGTH = 253;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  private static final Pattern SUBDOMAIN =
      Pattern.compile(
          "[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?(\\.[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?)*");

  private static final Comparator<ServiceAccount> BY_SUBJECT =
      Comparator.comparing(ServiceAccount::subject);

  public ServiceAccount {
    requireNonNull(namespace, "namespace is null");
    requireNonNull(name, "name is null");
  }

  /**
   * Reads {@code namespace:name}.
   *
   * @param where it stands, for the refusal
   * @throws io.github.eksoidc.resource.Refusal if Kubernetes can't have such a service account
   */
  public static ServiceAccount parse(String where, String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw ResourceProperties.badValue(
          where, text, "namespace:name, as default:my-app for the service account my-app");
    }
    String namespace = text.substring(0, colon);
    String name = text.substring(colon + 1);
    if (namespace.length() > MAX_LABEL_LENGTH || !LABEL.matcher(namespace).matches()) {
      throw ResourceProperties.badValue(
          "The namespace of " + where,
          namespace,
          ("1 to %d lower-case letters, digits and hyphens, with a letter or digit at both ends;"
                  + " wildcards are for names only")
              .formatted(MAX_LABEL_LENGTH));
    }
    if (name.length() > MAX_SUBDOMAIN_LENGTH || !SUBDOMAIN.matcher(name).matches()) {
      throw ResourceProperties.badValue(
          "The name of " + where,
          name,
          ("1 to %d lower-case letters, digits, hyphens, dots, and the wildcards * and ?, with a"
                  + " letter or digit beside each dot and at both ends")
              .formatted(MAX_SUBDOMAIN_LENGTH));
    }
    return new ServiceAccount(namespace, name);
  }

  /** The {@code sub} of its tokens; with a wildcard, a pattern of those. */
  public String subject() {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  /** Whether it stands for more than one. */
  public boolean isPattern() {
    return name.indexOf('*') >= 0 || name.indexOf('?') >= 0;
  }

  @Override
  public int compareTo(ServiceAccount other) {
    return BY_SUBJECT.compare(this, other);
  }
}
