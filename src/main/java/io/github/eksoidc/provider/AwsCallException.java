package io.github.eksoidc.provider;

import io.github.eksoidc.resource.RequestFailedException;

/** An AWS call failed for good. */
public class AwsCallException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  private final boolean denied;
  private final boolean changedNothing;

  /**
   * @param denied whether a policy, a boundary or a service control policy forbids the call
   * @param changedNothing whether AWS rejected the only attempt, so that it certainly changed
   *     nothing
   */
  public AwsCallException(String reason, Throwable cause, boolean denied, boolean changedNothing) {
    super(reason, cause);
    this.denied = denied;
    this.changedNothing = changedNothing;
  }

  /** Whether a policy, a boundary or a service control policy forbids the call. */
  public boolean isDenied() {
    return denied;
  }

  /** Whether AWS rejected the only attempt, so that the call certainly changed nothing. */
  public boolean changedNothing() {
    return changedNothing;
  }
}
