package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.ownership.ClaimRelease;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.ownership.ReleaseScope;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Releases one claim whose stack does not exist any more, as the Delete would have done that never
 * came.
 */
public final class StaleClaimRelease {

  private final Providers providers;
  private final Inventory inventory;
  private final RequestContext context;

  public StaleClaimRelease(Providers providers, Inventory inventory, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.context = requireNonNull(context, "context is null");
  }

  /**
   * Releases a claim and, if the provider is managed and nobody else claims it, deletes the
   * provider.
   *
   * @return what happened, as strings
   * @throws RequestFailedException if there is no such claim, or if its stack exists or nobody
   *     knows whether it does
   */
  public SequencedMap<String, Object> release(ProviderArn arn, String claimId) {
    if (!arn.account().equals(context.location().account())
        || !arn.partition().equals(context.location().partition())) {
      throw new RequestFailedException("%s is not a provider of this account.".formatted(arn));
    }
    context.reportProgress("releasing claim %s on %s".formatted(claimId, arn));
    Provider provider =
        providers
            .find(arn)
            .orElseThrow(() -> new RequestFailedException("%s does not exist.".formatted(arn)));
    ClaimRecord record = Ownership.of(provider).claims().get(claimId);
    if (record == null) {
      throw new RequestFailedException(
          "%s has no claim %s. The audit's report lists its claims.".formatted(arn, claimId));
    }
    checkStale(claimId, record);
    context.logDecision(
        "releasing a stale claim",
        Map.of("provider", arn.toString(), "claim", claimId, "owner", record.owner()));
    new ClaimRelease(
            providers,
            arn,
            new Claim(claimId, record.owner()),
            new ReleaseScope.AnyClaim(false),
            context)
        .release();
    Optional<Provider> left = providers.find(arn);
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("provider", arn.toString());
    result.put("released", claimId);
    result.put("owner", record.owner());
    result.put(
        "result",
        left.isEmpty()
            ? "The provider has been deleted."
            : "The provider remains, with %d other claims."
                .formatted(Ownership.of(left.get()).otherClaimants(new Claim(claimId, "")).size()));
    return result;
  }

  private void checkStale(String claimId, ClaimRecord record) {
    try (Calls calls = new Calls(context)) {
      switch (new StackLookup(inventory, calls, context).of(claimId, record)) {
        case Existence.Gone(String detail, _, boolean stackExists) -> {
          if (stackExists) {
            throw new RequestFailedException(
                ("The claim is not released, because its stack exists. %s Delete the stack, or add"
                        + " the resource to it again and delete it then.")
                    .formatted(detail));
          }
        }
        case Existence.Exists(String detail) ->
            throw new RequestFailedException(
                "The claim is not stale: %s exists. Delete the resource or its stack instead."
                    .formatted(detail));
        case Existence.Unknown(String detail) ->
            throw new RequestFailedException(
                "The claim is not released, because nobody knows whether its stack exists. "
                    + detail);
      }
    }
  }
}
