package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.ownership.Leftover;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Releases one claim whose stack does not exist any more, as the missing Delete would have done.
 * Asks CloudFormation first, and refuses what it can't verify.
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
   * @throws RequestFailedException if there is no such claim, if its stack exists, if a stack has
   *     the provider without a claim on it, or if nobody knows
   */
  public SequencedMap<String, Object> release(ProviderArn arn, Optional<String> claimId) {
    if (arn.eksIssuer(context.location()).isEmpty()) {
      throw new RequestFailedException(
          "%s is not the provider of an EKS issuer in this account.".formatted(arn));
    }
    context.reportProgress("releasing a claim on " + arn);
    Ownership ownership =
        providers
            .find(arn)
            .map(provider -> new Ownership(provider, context.now()))
            .orElseThrow(() -> new RequestFailedException("%s does not exist.".formatted(arn)));
    String id = claimId.orElse(NO_CLAIM);
    Claim claim = ownership.claims().get(id);
    if (claim == null && !ownership.isManagedAndUnclaimed()) {
      throw new RequestFailedException(
          ownership.oddClaims().stream()
              .findFirst()
              .map(
                  "%s has no such claim, but the tag %%s, which the function did not write. If nobody uses the provider, remove the tag."
                          .formatted(arn)
                      ::formatted)
              .orElse(
                  "%s has no such claim. Give the id of a claim in the audit's report."
                      .formatted(arn)));
    }
    try (Calls calls = new Calls(context)) {
      StackLookup stacks = new StackLookup(inventory, calls, context);
      if (claim != null) {
        checkStale(stacks.of(id, claim));
      }
      if (ownership.isManaged()) {
        checkUnused(arn, stacks, calls);
      }
    }
    String owner = claim == null ? "" : claim.owner();
    context.logDecision(
        "releasing a stale claim", Map.of("provider", arn.toString(), "claim", id, "owner", owner));
    Claimant claimant = new Claimant(id, owner);
    new Claims(providers, claimant, context).release(arn, Leftover.all());
    Optional<Provider> left = providers.find(arn);
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("ProviderArn", arn.toString());
    if (claim != null) {
      result.put("Claim", id);
      result.put("Owner", owner);
    }
    result.put(
        "Result",
        left.isEmpty()
            ? "The provider has been deleted."
            : "The claim has been released. The provider remains. Other claims on it: %d."
                .formatted(
                    new Ownership(left.get(), context.now()).otherClaimants(claimant).size()));
    return result;
  }

  private static void checkStale(Existence resource) {
    switch (resource) {
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

  /** A managed provider may be deleted: nobody may have it whom no claim protects. */
  private void checkUnused(ProviderArn arn, StackLookup stacks, Calls calls) {
    context.reportProgress("looking for stacks that have " + arn);
    ProviderLookup lookup = new ProviderLookup(providers, calls, context);
    SequencedMap<ProviderArn, EksIssuer> issuers = lookup.ofEks(providers.list());
    issuers.put(arn, arn.eksIssuer(context.location()).orElseThrow());
    stacks.load(Audit.regions(context, issuers.values()));
    Set<String> expected =
        ProviderLookup.regionsOfClaims(
            issuers.keySet().stream().flatMap(other -> lookup.read(other).stream()).toList(),
            inventory);
    expected.add(context.location().region());
    stacks.load(expected);
    List<StackResource> usedBy =
        stacks.uses().getOrDefault(arn, List.of()).stream().map(Use::resource).toList();
    // A stack that was created since the first read has its claim by now.
    List<StackResource> unprotected =
        providers.find(arn).map(shown -> new Ownership(shown, context.now())).stream()
            .flatMap(ownership -> Assessment.withoutClaim(usedBy, ownership).stream())
            .toList();
    if (!unprotected.isEmpty()) {
      throw new RequestFailedException(
          ("The function did not release %s, because a stack has it without a claim: %s. Change the"
                  + " property Trigger of the resource and update the stack, so that the provider"
                  + " carries its claim.")
              .formatted(arn, unprotected.getFirst().title()));
    }
    List<Unread> unread = new ArrayList<>(lookup.unread());
    unread.addAll(stacks.unread(expected));
    if (!unread.isEmpty()) {
      throw new RequestFailedException(
          "The function did not release %s, because it can't tell whether a stack has it. %s"
              .formatted(arn, unread.getFirst().reason()));
    }
  }
}
