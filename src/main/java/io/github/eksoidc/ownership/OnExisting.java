package io.github.eksoidc.ownership;

/** What a template wants done with a provider that already exists. */
public enum OnExisting {
  /** Use it together with whoever uses it already. */
  ADOPT,
  /** Fail the request. */
  FAIL
}
