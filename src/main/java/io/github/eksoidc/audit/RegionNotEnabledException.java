package io.github.eksoidc.audit;

import io.github.eksoidc.resource.RequestFailedException;

/** A Region does not know the account's credentials: the account has not enabled it. */
public final class RegionNotEnabledException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  public RegionNotEnabledException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
