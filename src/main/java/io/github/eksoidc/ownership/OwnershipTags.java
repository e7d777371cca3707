package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.ProviderTags;

/** The names of the tags that record, on a provider, who uses it and who may delete it. */
public final class OwnershipTags {

  /** {@code true}: the function created the provider or took it over, and may delete it. */
  public static final String MANAGED = ProviderTags.RESERVED + "managed";

  /** Which request took the provider over; absent if the function created it. */
  public static final String TAKEN_OVER = ProviderTags.RESERVED + "taken-over";

  /** One for each resource that uses the provider; see {@link Claim} for the value. */
  public static final String CLAIM = ProviderTags.RESERVED + "claim/";

  /** One for each attempt to remove something; the value says until when it lasts. */
  public static final String LEASE = ProviderTags.RESERVED + "deleting/";

  private OwnershipTags() {}
}
