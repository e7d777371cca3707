package io.github.eksoidc.provider;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.issuer.Issuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The OIDC providers of the account, in IAM.
 *
 * <p>Each method makes one AWS call, which is retried if it fails for a transient cause; only
 * {@link #delete} is never retried. Each throws {@link AwsCallException} if the call is denied or
 * fails for good.
 */
public interface Providers {

  /** The system property with which tests that would wait for {@link #MAX_LAG} shorten it. */
  String MAX_LAG_PROPERTY = "eks-oidc-provider.maxLagSeconds";

  /** How far IAM's reads may lag behind its writes: 20 seconds. */
  Duration MAX_LAG = Duration.ofSeconds(Integer.getInteger(MAX_LAG_PROPERTY, 20));

  /** Creates a provider with these tags. */
  Creation create(Issuer issuer, DesiredState desired, Map<String, String> tags);

  /** Reads a provider. The read may lag behind earlier writes. */
  Optional<Provider> find(ProviderArn arn);

  /** Makes one change. */
  Modification change(ProviderArn arn, Change change);

  /** Deletes a provider. The call is sent once; before it is repeated, read the provider. */
  Deletion delete(ProviderArn arn);

  /** Lists the ARNs of all providers. */
  List<ProviderArn> list();

  /**
   * Lists the ARNs of the providers that the function can have created or claimed for clusters of
   * one Region. The dual-stack form of an issuer is not among them: no template may name it, and
   * the function's role may not read it.
   */
  default List<ProviderArn> list(String region) {
    return list().stream()
        .filter(
            arn ->
                EksIssuer.parse(arn.issuer())
                    .filter(issuer -> !issuer.isDualStack() && issuer.region().equals(region))
                    .isPresent())
        .toList();
  }

  /** The result of a creation. */
  enum Creation {
    /** The provider did not exist, and does now. */
    DONE,
    /** The provider existed before the call. */
    EXISTED,
    /** The provider exists; an attempt of this call without a response may have created it. */
    UNKNOWN
  }

  /** The result of a change. */
  enum Modification {
    /** The provider is as the change wants it. */
    DONE,
    /** There is no such provider. */
    NO_PROVIDER
  }

  /** What is known about a deletion. */
  enum Deletion {
    /** The provider does not exist any more. */
    DONE,
    /** IAM has refused the call for now, and so changed nothing. */
    REFUSED,
    /** There was no response, or one that leaves open whether IAM deletes the provider. */
    UNKNOWN
  }
}
