package io.github.eksoidc.resource;

/**
 * The request fails. The message is the reason of the response: one or two sentences that appear in
 * the stack's events and say what to do. It never contains a credential.
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
