package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The request whose properties are the old ones of an Update, if it was for another cluster or URL.
 *
 * <p>Usually it has succeeded, and the provider of the resource is its own. Otherwise it was an
 * Update to another provider, which CloudFormation has canceled or which has failed, and the Update
 * at hand is the rollback. Then the previous Update may have a claim on the other provider, which
 * the rollback releases. If that is not possible, it is no reason for the rollback to fail.
 */
public final class PreviousUpdate {

  private final Providers providers;
  private final ProviderLookup lookup;
  private final Claim claim;
  private final IssuerSource source;
  private final RequestContext context;

  /**
   * Creates a previous Update.
   *
   * @param source the cluster or URL that it was for
   * @param context of the Update at hand
   */
  public PreviousUpdate(
      Providers providers,
      ProviderLookup lookup,
      Claim claim,
      IssuerSource source,
      RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.lookup = requireNonNull(lookup, "lookup is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.source = requireNonNull(source, "source is null");
    this.context = requireNonNull(context, "context is null");
  }

  /**
   * Whether it is rolled back: its source is not known to lead to the provider that the resource
   * has.
   */
  public boolean isRolledBack(ProviderArn current) {
    return lookup.provider(source).filter(current::equals).isEmpty();
  }

  /**
   * Whether it is rolled back, also if its cluster is gone.
   *
   * @param record the claim on the provider that the resource has
   */
  public boolean isRolledBack(ProviderArn current, Optional<ClaimRecord> record) {
    return !isClaimFor(record) && isRolledBack(current);
  }

  private boolean isClaimFor(Optional<ClaimRecord> record) {
    return record.filter(r -> r.isFor(source.clusterId())).isPresent();
  }

  /**
   * Releases what it may have claimed, if it is rolled back. It learns of the rollback from a claim
   * that the rollback has renewed before.
   *
   * @param others providers of this resource whose claims stay
   */
  public void release(Set<ProviderArn> others) {
    try {
      new ReplacementCheck(providers, claim, context).awaitReadsFrom(context.now());
      Optional<ProviderArn> known = lookup.provider(source);
      if (known.filter(arn -> !others.contains(arn)).isPresent()
          && releaseIfClaimed(known.get(), _ -> true)) {
        return;
      }
      // The cluster may have been created again, with another issuer, since the update began.
      // A claim for another cluster is one that the template retains.
      if (source instanceof IssuerSource.OfCluster(_, String region)) {
        for (ProviderArn arn : providers.list(region)) {
          if (!others.contains(arn)) {
            releaseIfClaimed(arn, record -> record.isFor(source.clusterId()));
          }
        }
      }
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  private boolean releaseIfClaimed(ProviderArn arn, Predicate<ClaimRecord> isOfThisUpdate) {
    Optional<Provider> seen = providers.find(arn);
    boolean claimed =
        seen.flatMap(provider -> Ownership.of(provider).claimOf(claim))
            .filter(isOfThisUpdate)
            .isPresent();
    if (claimed) {
      new ClaimRelease(providers, arn, claim, new ReleaseScope.AnyClaim(true), context)
          .release(seen);
    }
    return claimed;
  }

  /**
   * Releases what it claims, before a rollback fails because it can't go back. No claim tells the
   * previous Update of the rollback, so this looks until it can't claim anything any more.
   *
   * @param current the provider that the resource has
   */
  public void cancel(ProviderArn current) {
    try {
      Optional<ClaimRecord> record =
          new ReplacementCheck(providers, claim, context).claimOn(current);
      if (isRolledBack(current, record)) {
        RequestCancellation.ofUpdate(providers, claim, source.clusterId(), context)
            .release(
                () ->
                    lookup.candidates(source).stream()
                        .filter(arn -> !arn.equals(current))
                        .toList());
      }
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  private void logClaimMayBeLeft(RequestFailedException e) {
    context.logDecision(
        "a claim may be left at the provider of the update that is rolled back",
        Map.of("error", e.getClass().getSimpleName()));
  }
}
