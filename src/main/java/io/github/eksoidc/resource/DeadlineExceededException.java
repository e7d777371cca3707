package io.github.eksoidc.resource;

/** The time for the work is used up: what is left is for the answer. */
public final class DeadlineExceededException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  public DeadlineExceededException(String reason) {
    super(reason);
  }
}
