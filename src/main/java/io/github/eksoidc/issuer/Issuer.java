package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An OIDC issuer, which signs the tokens of a cluster's service accounts.
 *
 * @param url with its scheme, as EKS returns it and IAM takes it
 */
public record Issuer(String url) {

  private static final Pattern URL = Pattern.compile("https?://([^\\s?#@]+)");
  private static final String HTTPS = "https://";

  public Issuer {
    requireNonNull(url, "url is null");
    if (!URL.matcher(url).matches()) {
      throw new RequestFailedException(
          ResourceProperties.quoted(url) + " is not the URL of an issuer.");
    }
  }

  /** The issuer of a provider, by host and path as in the provider's ARN. */
  public static Issuer ofName(String name) {
    return new Issuer(HTTPS + name);
  }

  /**
   * Checks the issuer that a template names. Only issuers of EKS clusters are accepted, so that no
   * template can make the account trust another identity provider.
   *
   * @param partition the function's partition
   * @throws RequestFailedException if the URL is not exactly that of an EKS issuer of this
   *     partition, with an id of 32 digits of {@code 0-9A-F}, or if it has the dual-stack form,
   *     which no token carries
   */
  public static Issuer ofTemplate(String url, String partition) {
    Optional<EksIssuer> eks =
        url.startsWith(HTTPS) ? EksIssuer.parse(url.substring(HTTPS.length())) : Optional.empty();
    if (eks.isEmpty()) {
      throw badUrl(
          url,
          "the issuer of an EKS cluster, https://oidc.eks.<region>.<suffix>/id/<id> with the name of"
              + " a Region and 32 digits of 0-9A-F, as aws eks describe-cluster --query"
              + " cluster.identity.oidc.issuer prints it");
    }
    if (!eks.get().partition().id().equals(partition)) {
      throw badUrl(
          url, "an issuer of the partition %s, in which the function runs".formatted(partition));
    }
    checkId(url, eks.get());
    if (eks.get().isDualStack()) {
      throw badUrl(
          url,
          "%s: EKS puts this form into every token, even for a dual-stack cluster"
              .formatted(eks.get().classicUrl()));
    }
    return new Issuer(url);
  }

  private static void checkId(String url, EksIssuer issuer) {
    String id = issuer.id();
    if (issuer.hasUsualId()) {
      return;
    }
    EksIssuer inUppercase = issuer.withId(id.toUpperCase(Locale.ROOT));
    if (inUppercase.hasUsualId()) {
      throw badUrl(url, "%s: EKS writes the id in uppercase".formatted(inUppercase.classicUrl()));
    }
    throw badUrl(
        url,
        id.length() == EksIssuer.ID_LENGTH
            ? "an issuer whose id has digits of 0-9A-F only"
            : "an issuer whose id has %d digits of 0-9A-F, not %d"
                .formatted(EksIssuer.ID_LENGTH, id.length()));
  }

  private static RequestFailedException badUrl(String url, String allowed) {
    return ResourceProperties.badValue("Url", url, allowed);
  }

  /** Whether it is the issuer of an EKS cluster of a Region, in the form that tokens carry. */
  boolean isOfEksIn(String region) {
    return url.startsWith(HTTPS)
        && EksIssuer.parse(name())
            .filter(eks -> !eks.isDualStack() && eks.region().equals(region))
            .isPresent();
  }

  /** Host and path: what ARNs end in, and condition keys begin with. */
  public String name() {
    return url.substring(url.indexOf("://") + 3);
  }
}
