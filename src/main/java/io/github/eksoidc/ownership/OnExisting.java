package io.github.eksoidc.ownership;

import io.github.eksoidc.resource.RequestFailedException;

/** What a template wants done with a provider that already exists. */
public enum OnExisting {
  /** Use the provider together with whoever uses it already. */
  ADOPT,
  /** Fail the request. */
  FAIL,
  /** Use the provider and manage it from then on, as if the function had created it. */
  TAKE_OVER,
  /**
   * As {@link #TAKE_OVER} for a provider that the function manages already. Any other is not taken
   * over: the operator of the function forbids it, and the request fails.
   */
  FORBIDDEN_TAKE_OVER;

  /** Returns the exception for a provider that would be taken over although it is forbidden. */
  public static RequestFailedException forbiddenTakeOver() {
    return new RequestFailedException(
        "OnExisting is TakeOver, which the parameter AllowTakeOver of the function's stack forbids."
            + " Set OnExisting to Adopt, or ask the operator of the function.");
  }
}
