package io.github.eksoidc.resource;

/** The request reached its deadline. The time that is left is for the response. */
public final class DeadlineExceededException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  public DeadlineExceededException(String reason) {
    super(reason);
  }
}
