package io.github.eksoidc.provider;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The OIDC providers of the account.
 *
 * <p>Each method makes one call, which is repeated when it fails for a passing cause; {@link
 * #delete} alone is not. Each throws {@link RequestFailedException} with a reason for people when
 * the call is denied or fails for good.
 */
public interface Providers {

  /**
   * Makes a provider with all that it is to have.
   *
   * @return false if there is one of this issuer already, which may also be the work of an earlier
   *     try of this very call
   */
  boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags);

  /** The provider as it is now, or was a moment ago: reads may lag behind writes. */
  Optional<Provider> find(ProviderArn arn);

  /**
   * Makes one change.
   *
   * @return false if there is no such provider
   */
  boolean change(ProviderArn arn, Change change);

  /** Deletes the provider. Sent once, whatever comes of it: who wants to repeat it looks again. */
  Deletion delete(ProviderArn arn);

  /** The ARNs of all providers of the account. */
  List<ProviderArn> list();

  /** What is known of a deletion. */
  enum Deletion {
    /** There is no provider now, or was none. */
    DONE,
    /** No answer came, or one that does not say whether it was done. */
    UNKNOWN
  }
}
