package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.Change;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The resource's claim, if it has one, is also one of this request. Nothing else of the provider
 * matters: the resource is about to leave it.
 */
record Renew(Claimant claimant, SentRequest request) implements Goal {

  @Override
  public String activity() {
    return "renewing the claim on";
  }

  @Override
  public Move next(Observation seen, Instant now) {
    if (!seen.reads().isKnown()) {
      return new Move.Look();
    }
    Optional<Ownership> is = seen.provider();
    Optional<Claim> existing = is.flatMap(provider -> provider.claimOf(claimant));
    if (existing.isEmpty() || seen.hasOwnClaim() || seen.ownClaim().mayBeByThisDelivery()) {
      return new Move.Finish("", List.of());
    }
    String value = existing.get().renewedBy(request, now).value();
    return new Move.Write(
        new Change.PutTags(Map.of(is.get().keyFor(claimant, request.id()), value)));
  }
}
