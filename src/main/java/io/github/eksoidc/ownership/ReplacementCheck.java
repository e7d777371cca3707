package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Durations;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps a replacing Update and the rollback that cancels it from missing each other.
 *
 * <p>CloudFormation may cancel an Update from provider A to provider B while it runs, and send the
 * rollback to A at once. The Update claims B and then reads A; the rollback renews its claim on A
 * and then reads B. Reads of one provider say nothing about the other, so each waits in between
 * until reads can't lag any more: then at least one of the two sees what the other wrote, and
 * releases the claim on B.
 */
public final class ReplacementCheck {

  private final Providers providers;
  private final Claim claim;
  private final RequestContext context;

  public ReplacementCheck(Providers providers, Claim claim, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.context = requireNonNull(context, "context is null");
  }

  /**
   * Waits until a read shows everything that was written before a moment, or as long as the time
   * allows.
   */
  public void awaitReadsFrom(Instant moment) {
    Duration wanted = Duration.between(context.now(), moment.plus(Providers.MAX_LAG));
    Duration left = context.remaining().minus(Duration.ofSeconds(5));
    Duration pause = Durations.shorter(wanted, left);
    if (pause.isPositive()) {
      context.reportProgress("waiting until IAM shows all earlier changes");
      context.sleep(pause);
    }
  }

  /** The claim of this resource on the provider that this request replaces, as a read shows it. */
  public Optional<ClaimRecord> claimOn(ProviderArn old) {
    context.reportProgress("checking " + old);
    return providers.find(old).flatMap(provider -> Ownership.of(provider).claimOf(claim));
  }

  /**
   * Whether another request has come back to the old provider since this request began.
   *
   * @param old the provider that this request replaces
   * @param record the claim on it
   */
  public boolean isCanceled(ProviderArn old, Optional<ClaimRecord> record) {
    boolean canceled =
        record
            .filter(r -> !r.requestId().equals(context.requestId()))
            .filter(r -> r.at().isAfter(context.startedAt()))
            .isPresent();
    if (canceled) {
      context.logDecision("canceled by a rollback", Map.of("provider", old.toString()));
    }
    return canceled;
  }
}
