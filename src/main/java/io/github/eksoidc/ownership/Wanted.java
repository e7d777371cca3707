package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.DesiredState;
import java.util.Optional;

/**
 * What a template wants of a provider.
 *
 * @param cluster {@code <Region>/<name>} of the cluster, if the template names one
 * @param old the desired state of the request before; empty if there was none
 */
public record Wanted(
    Issuer issuer,
    Optional<String> cluster,
    DesiredState desired,
    Optional<DesiredState> old,
    OnExisting onExisting) {

  public Wanted {
    requireNonNull(issuer, "issuer is null");
    requireNonNull(cluster, "cluster is null");
    requireNonNull(desired, "desired is null");
    requireNonNull(old, "old is null");
    requireNonNull(onExisting, "onExisting is null");
  }

  /** The same for a provider that the resource has, so that it may exist. */
  Wanted ofOwnProvider() {
    return onExisting == OnExisting.FAIL
        ? new Wanted(issuer, cluster, desired, old, OnExisting.ADOPT)
        : this;
  }
}
