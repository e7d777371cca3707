package io.github.eksoidc.provider;

import io.github.eksoidc.resource.RequestFailedException;

/** The provider already has as many tags as IAM allows. */
public final class TagLimitExceededException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  public TagLimitExceededException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
