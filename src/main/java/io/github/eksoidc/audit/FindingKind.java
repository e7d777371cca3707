package io.github.eksoidc.audit;

/** What an audit can find at a provider, the most urgent first. */
public enum FindingKind {
  /** A stack's resource has the provider, and the provider does not exist. */
  PROVIDER_MISSING("ProviderMissing"),
  /** A stack's resource has the provider, and the provider does not carry its claim. */
  CLAIM_MISSING("ClaimMissing"),
  /** The cluster was in this account, and no cluster of the account has the issuer any more. */
  CLUSTER_GONE("ClusterGone"),
  /** A claim whose stack, or whose resource in the stack, does not exist any more. */
  STALE_CLAIM("StaleClaim"),
  /** The function may delete the provider, nobody claims it, and no stack's resource has it. */
  UNCLAIMED("Unclaimed"),
  /** A request that was about to remove something ended without removing its lease. */
  DEAD_REMOVAL("DeadRemoval"),
  /** Somebody claims the provider, and it does not accept tokens for the default audience. */
  NO_DEFAULT_AUDIENCE("NoDefaultAudience"),
  /** The issuer has the dual-stack form, which no token carries. */
  DUAL_STACK_ISSUER("DualStackIssuer");

  private final String text;

  FindingKind(String text) {
    this.text = text;
  }

  /** The name in reports and metrics. */
  public String text() {
    return text;
  }
}
