package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.ownership.Leftover;
import io.github.eksoidc.ownership.SupersededException;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The request whose properties are the old ones of an Update, which named another cluster or URL.
 *
 * <p>Usually it has succeeded, and the provider of the resource is its own. Otherwise it was an
 * Update to another provider, which CloudFormation has canceled or which has failed, and the Update
 * at hand is its rollback. Then it may have a claim on the other provider, which the rollback
 * releases. If that is not possible, it is no reason for the rollback to fail.
 *
 * <p>CloudFormation may send the rollback while the canceled Update still runs. The canceled Update
 * claims its provider and then reads the one that it replaces; the rollback renews the claim there
 * and then reads the other one. Reads of one provider say nothing about the other, so each waits in
 * between until reads can't lag any more: then at least one of the two sees what the other wrote,
 * and releases the claim.
 */
final class PreviousUpdate {

  /** A rollback follows an Update that runs or has failed: Lambda's longest timeout, twice. */
  private static final Duration LONGEST_UPDATE = RequestContext.LONGEST_RUN.multipliedBy(2);

  private final IssuerSource source;
  private final Claims claims;
  private final ProviderLocator locator;
  private final RequestContext context;

  PreviousUpdate(
      IssuerSource source, Claims claims, ProviderLocator locator, RequestContext context) {
    this.source = requireNonNull(source, "source is null");
    this.claims = requireNonNull(claims, "claims is null");
    this.locator = requireNonNull(locator, "locator is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** The provider that it leads to now. */
  Optional<ProviderArn> provider() {
    return locator.current(source);
  }

  /**
   * Whether it was an Update that did not come to an end, seen from the resource's own provider.
   *
   * @param existing the claims of the resource there
   */
  boolean isRolledBack(ProviderArn current, List<Claim> existing) {
    return existing.stream().noneMatch(claim -> claim.isFor(source.clusterId()))
        && !provider().equals(Optional.of(current));
  }

  /**
   * Releases what it may have claimed. It learns of the rollback from a claim that the rollback has
   * renewed before.
   *
   * @param at the provider that it led to when the rollback began, if that is known
   * @param existing the claims on the provider that the rollback comes back to
   * @param others providers of this resource whose claims stay
   * @throws SupersededException if the rollback itself is not the latest request any more
   */
  void release(Optional<ProviderArn> at, List<Claim> existing, Set<ProviderArn> others) {
    try {
      claims.awaitReads();
      Leftover leftover = leftover(existing);
      Optional<ProviderArn> known = at.filter(arn -> !others.contains(arn));
      if (known.isPresent() && claims.releaseIfShown(known.get(), leftover)) {
        return;
      }
      // The cluster may have been created since, or once more with another issuer.
      for (ProviderArn arn : locator.inRegionOf(source)) {
        if (!others.contains(arn) && !known.equals(Optional.of(arn))) {
          claims.releaseIfShown(arn, leftover);
        }
      }
    } catch (SupersededException e) {
      throw e;
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  /**
   * Releases what it claims, before a rollback fails because it can't go back. No claim tells it of
   * the rollback, so this looks until it can't claim anything any more.
   */
  void watch(ProviderArn current) {
    try {
      List<Claim> existing = claims.at(current).earlierClaims();
      if (isRolledBack(current, existing)) {
        claims.releaseUntilOver(
            () -> locator.candidates(source).stream().filter(arn -> !arn.equals(current)).toList(),
            leftover(existing));
      }
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  /**
   * What it may have left elsewhere: it was sent after the request of the oldest claim that it
   * found, and that of a claim that a template retains before. Later ones are of earlier rollbacks.
   * Without any claim, it is what an Update can have written that this one rolls back.
   */
  private Leftover leftover(List<Claim> existing) {
    return Leftover.ofUpdate(
        existing.stream()
            .map(Claim::sentAt)
            .min(Instant::compareTo)
            .orElse(context.sentAt().minus(LONGEST_UPDATE)),
        context.sentAt());
  }

  private void logClaimMayBeLeft(RequestFailedException e) {
    context.logDecision(
        "a claim may be left at the provider of the update that is rolled back",
        Map.of("error", e.getClass().getSimpleName()));
  }
}
