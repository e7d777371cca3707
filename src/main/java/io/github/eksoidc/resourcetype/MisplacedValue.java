package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.Arn;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value that its property does not allow, but another property does, or that has a different form
 * in tokens, policies and the output of tools. The reason for a property uses it to name the remedy
 * for this very mistake.
 */
sealed interface MisplacedValue {

  /**
   * Recognizes a value.
   *
   * @return empty if the value can be anything
   */
  static Optional<MisplacedValue> of(String text) {
    String value = text.strip();
    Optional<Arn> arn = Arn.parse(value);
    if (arn.isPresent()) {
      return ofArn(arn.get());
    }
    if (Forms.ENDPOINT.matcher(value).matches()) {
      return Optional.of(new Endpoint());
    }
    return issuer(value).map(OfIssuer::new);
  }

  /** The ARN of something, if it is a provider, a cluster or a role. */
  private static Optional<MisplacedValue> ofArn(Arn arn) {
    Optional<ProviderArn> provider = ProviderArn.parse(arn.toString());
    if (provider.isPresent()) {
      return issuer(provider.get().issuer()).map(issuer -> new OfProvider(provider.get(), issuer));
    }
    Matcher cluster = Forms.CLUSTER.matcher(arn.resource());
    if (arn.service().equals("eks") && cluster.matches()) {
      return Optional.of(new OfCluster(cluster.group(1)));
    }
    return arn.service().equals("iam") && arn.resource().startsWith("role/")
        ? Optional.of(new OfRole())
        : Optional.empty();
  }

  /** An EKS issuer in each form that people copy: with a scheme, a key's suffix, a longer path. */
  private static Optional<EksIssuer> issuer(String text) {
    Matcher parts = Forms.ISSUER.matcher(text);
    return parts.matches() ? EksIssuer.parse(parts.group(1)) : Optional.empty();
  }

  /** The issuer of an EKS cluster, as a URL, as the beginning of a condition key, or longer. */
  record OfIssuer(EksIssuer issuer) implements MisplacedValue {
    public OfIssuer {
      requireNonNull(issuer, "issuer is null");
    }
  }

  /** The ARN of the provider of an EKS issuer. */
  record OfProvider(ProviderArn arn, EksIssuer issuer) implements MisplacedValue {
    public OfProvider {
      requireNonNull(arn, "arn is null");
      requireNonNull(issuer, "issuer is null");
    }

    /** Whether the ARN ends in the form of the issuer that tokens carry, and in nothing else. */
    boolean isClassic() {
      return arn.equals(classic());
    }

    /** The ARN with the form of the issuer that tokens carry, and nothing else. */
    ProviderArn classic() {
      return new ProviderArn(arn.partition(), arn.account(), issuer.classicName());
    }
  }

  /** The ARN of an EKS cluster. */
  record OfCluster(String name) implements MisplacedValue {
    public OfCluster {
      requireNonNull(name, "name is null");
    }
  }

  /** The ARN of an IAM role. */
  record OfRole() implements MisplacedValue {}

  /** The URL of a cluster's API server. */
  record Endpoint() implements MisplacedValue {}

  /** The forms of values. */
  final class Forms {

    private static final Pattern CLUSTER =
        Pattern.compile("cluster/([0-9A-Za-z][A-Za-z0-9_-]{0,99})");

    private static final Pattern ENDPOINT =
        Pattern.compile("(https://)?[0-9A-Za-z]{1,64}\\.[a-z0-9]+\\.[a-z0-9-]+\\.eks\\.[a-z.-]+/?");

    /** Discovery's documents (OpenID Connect Discovery 1.0), and what condition keys end in. */
    private static final Pattern ISSUER =
        Pattern.compile(
            "(?:https?://)?([a-z0-9.-]+/id/[0-9A-Za-z]{1,64})"
                + "(?:/|/keys|/\\.well-known/[a-z.-]+|:sub|:aud)?");

    private Forms() {}
  }
}
