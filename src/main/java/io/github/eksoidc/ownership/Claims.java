package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.timing.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The claims of one resource, as one request reads and changes them. */
public final class Claims {

  /** What a request that goes on after it has waited for reads needs. */
  private static final Duration AFTER_WAIT = Duration.ofSeconds(5);

  private final Providers providers;
  private final Claimant claimant;
  private final RequestContext context;

  public Claims(Providers providers, Claimant claimant, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.claimant = requireNonNull(claimant, "claimant is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** This request at one provider. */
  public Session at(ProviderArn arn) {
    return new Session(providers, arn, claimant, context);
  }

  Claimant claimant() {
    return claimant;
  }

  /** Those of these claims of the resource that are of later requests than this one. */
  public List<Claim> ofLaterRequests(Collection<Claim> existing) {
    return existing.stream().filter(SentRequest.of(context)::isBefore).toList();
  }

  /** Waits until reads show everything that is written now, or as long as the time allows. */
  public void awaitReads() {
    Duration pause = Durations.shorter(Providers.MAX_LAG, context.remaining().minus(AFTER_WAIT));
    if (pause.isPositive()) {
      context.reportProgress("waiting until IAM shows all earlier changes");
      context.sleep(pause);
    }
  }

  /** Whether the resource claims a provider for a cluster, which it certainly claims for some. */
  public boolean isHeldFor(String cluster, ProviderArn arn) {
    return at(arn)
        .pursue(new Find(claimant))
        .flatMap(provider -> new Ownership(provider, context.now()).claimOf(claimant))
        .filter(claim -> claim.isFor(Optional.of(cluster)))
        .isPresent();
  }

  /** Whether one read of a provider shows a claim of this request, from an earlier delivery. */
  public boolean isHeldByRequest(ProviderArn arn) {
    return at(arn).look().hasOwnClaim();
  }

  /** The claim is there, or certainly not. */
  private record Find(Claimant claimant) implements Goal {
    @Override
    public Move next(Observation seen, Instant now) {
      return seen.isCertain() || seen.provider().filter(p -> p.hasClaim(claimant)).isPresent()
          ? new Move.Finish("read", List.of())
          : new Move.Look();
    }

    @Override
    public String activity() {
      return "reading";
    }
  }

  /**
   * Releases the claim on a provider. A provider that does not exist, or that the resource does not
   * claim, is left alone.
   */
  public void release(ProviderArn arn, Leftover leftover) {
    at(arn).pursue(new Release(arn, claimant, leftover));
  }

  /**
   * Releases the claim on a provider if one read shows it.
   *
   * @return whether the read shows it
   * @throws SupersededException if a later request for the resource has claimed the provider
   */
  public boolean releaseIfShown(ProviderArn arn, Leftover leftover) {
    Session session = at(arn);
    Optional<Ownership> provider = session.look().provider();
    if (provider
        .filter(is -> !ofLaterRequests(is.claimsOf(claimant).values()).isEmpty())
        .isPresent()) {
      throw new SupersededException(arn);
    }
    boolean shown = provider.filter(is -> leftover.isOn(is, claimant, arn)).isPresent();
    if (shown) {
      session.pursue(new Release(arn, claimant, leftover));
    }
    return shown;
  }

  /**
   * Releases the claims of a request that CloudFormation has canceled and that may still be
   * running, until it can't claim anything any more.
   *
   * @param candidates finds the providers that the request may claim, as far as known at that
   *     moment
   */
  public void releaseUntilOver(Supplier<List<ProviderArn>> candidates, Leftover leftover) {
    new Watch(this, leftover, context).release(candidates);
  }
}
