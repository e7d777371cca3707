package io.github.eksoidc.provider;

import io.github.eksoidc.resource.RequestFailedException;

/** AWS denied a call: the function's role, a boundary or a service control policy forbids it. */
public final class AccessDeniedException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  public AccessDeniedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
