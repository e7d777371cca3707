package io.github.eksoidc.resource;

/**
 * The request fails, for a reason that a person can act on. Its message is one or two sentences and
 * goes into the stack's events as it is, so it never holds a credential.
 */
public class RequestFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public RequestFailedException(String reason) {
    super(reason);
  }

  public RequestFailedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
