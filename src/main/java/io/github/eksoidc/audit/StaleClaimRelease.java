package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.ownership.Leftover;
import io.github.eksoidc.ownership.Ownership;
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
 * Releases one claim whose stack does not exist any more, as the missing Delete would have done.
 */
public final class StaleClaimRelease {

  /** An id that no claim has. */
  private static final String NO_CLAIM = "none";

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
   * provider. A managed provider that nobody claims at all is deleted as well: that is what a
   * removal leaves that was interrupted.
   *
   * @param claimId empty for a provider that nobody claims
   * @return what happened, as strings
   * @throws RequestFailedException if there is no such claim, or if its stack exists or nobody
   *     knows whether it does
   */
  public SequencedMap<String, Object> release(ProviderArn arn, Optional<String> claimId) {
    if (!arn.account().equals(context.location().account())
        || !arn.partition().equals(context.location().partition())) {
      throw new RequestFailedException("%s is not a provider of this account.".formatted(arn));
    }
    context.reportProgress("releasing a claim on " + arn);
    Ownership ownership =
        providers
            .find(arn)
            .map(provider -> new Ownership(provider, context.now()))
            .orElseThrow(() -> new RequestFailedException("%s does not exist.".formatted(arn)));
    String id = claimId.orElse(NO_CLAIM);
    ClaimRecord record = ownership.claims().get(id);
    if (record == null && !ownership.isAbandoned()) {
      throw new RequestFailedException(
          "%s has no such claim. Give the id of a claim in the audit's report.".formatted(arn));
    }
    if (record != null) {
      checkStale(id, record);
    }
    String owner = record == null ? "" : record.owner();
    context.logDecision(
        "releasing a stale claim", Map.of("provider", arn.toString(), "claim", id, "owner", owner));
    Claim claim = new Claim(id, owner);
    new Claims(providers, claim, context).release(arn, Leftover.all());
    Optional<Provider> left = providers.find(arn);
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("provider", arn.toString());
    result.put("claim", id);
    result.put("owner", owner);
    result.put(
        "result",
        left.isEmpty()
            ? "The provider has been deleted."
            : "The claim has been released. The provider remains. Other claims on it: %d."
                .formatted(new Ownership(left.get(), context.now()).otherClaimants(claim).size()));
    return result;
  }

  private void checkStale(String claimId, ClaimRecord record) {
    try (Calls calls = new Calls(context)) {
      switch (new StackLookup(inventory, calls, context).of(claimId, record)) {
        case Existence.Gone(String detail, _, boolean stackExists) -> {
          if (stackExists) {
            throw new RequestFailedException(
                ("The function did not release the claim, because its stack exists. %s Delete the"
                        + " stack, or add the resource to the stack again and then remove it.")
                    .formatted(detail));
          }
        }
        case Existence.Exists(String detail) ->
            throw new RequestFailedException(
                "The claim is not stale: %s exists. Delete the resource or its stack instead."
                    .formatted(detail));
        case Existence.Unknown(String detail) ->
            throw new RequestFailedException(
                "The function did not release the claim, because it can't tell whether the stack exists. "
                    + detail);
      }
    }
  }
}
