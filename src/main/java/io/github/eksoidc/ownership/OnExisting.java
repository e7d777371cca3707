package io.github.eksoidc.ownership;

/** What a template wants done with a provider that already exists. */
public enum OnExisting {
  /** Use the provider together with whoever uses it already. */
  ADOPT,
  /** Fail the request. */
  FAIL,
  /** Use the provider and manage it from then on, as if the function had created it. */
  TAKE_OVER
}
