package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestFailedException;

/** A cluster does not exist, is being deleted, or has failed: it has no issuer any more. */
public final class ClusterGoneException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  private final String region;

  ClusterGoneException(String reason, String region) {
    super(reason);
    this.region = requireNonNull(region, "region is null");
  }

  /** The Region in which the function looked for the cluster. */
  public String region() {
    return region;
  }
}
