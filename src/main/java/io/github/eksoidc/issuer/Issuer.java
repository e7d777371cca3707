package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceProperties;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OIDC issuer: who signs the tokens of a cluster's service accounts.
 *
 * @param url with its scheme, as EKS gives it and IAM takes it
 */
public record Issuer(String url) {

  private static final Pattern URL = Pattern.compile("https?://([^\\s?#@]+)");
  private static final Pattern EKS =
      Pattern.compile(
          "(oidc\\.eks|oidc-eks)\\.([a-z0-9-]+)\\.([a-z0-9.-]+)/id/([0-9A-Za-z]{1,64})");

  public Issuer {
    requireNonNull(url, "url is null");
    if (!URL.matcher(url).matches()) {
      throw new RequestFailedException(ResourceProperties.quoted(url) + " is no issuer's URL.");
    }
  }

  /**
   * Takes the issuer that a template names. Only those of EKS are taken, so that no template can
   * make the account trust a stranger's identity provider.
   *
   * @throws RequestFailedException if it is not exactly an EKS issuer's URL
   */
  public static Issuer ofTemplate(String url) {
    if (!url.startsWith("https://") || eksRegion(url.substring("https://".length())).isEmpty()) {
      throw ResourceProperties.badValue(
          "Url",
          url,
          "the issuer of an EKS cluster, https://oidc.eks.<region>.<suffix>/id/<id>, as aws eks"
              + " describe-cluster --query cluster.identity.oidc.issuer prints it");
    }
    return new Issuer(url);
  }

  /** Host and path: what ARNs end in, and condition keys begin with. */
  public String name() {
    return url.substring(url.indexOf("://") + 3);
  }

  /** The Region of the cluster, if a name (host and path) is that of an EKS issuer. */
  public static Optional<String> eksRegion(String name) {
    Matcher matcher = EKS.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String region = matcher.group(2);
    String host = name.substring(0, name.indexOf('/'));
    return Partition.ofRegion(region)
        .filter(
            partition ->
                host.equals(partition.issuerHost(region))
                    || host.equals(partition.dualStackIssuerHost(region)))
        .map(_ -> region);
  }
}
