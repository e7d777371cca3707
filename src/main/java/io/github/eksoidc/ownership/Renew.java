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
record Renew(Claim claim, SentRequest request) implements Goal {

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
    Optional<ClaimRecord> existing = is.flatMap(provider -> provider.claimOf(claim));
    if (existing.isEmpty() || seen.hasOwnClaim() || seen.ownClaim().isByThisDelivery()) {
      return new Move.Finish("", List.of());
    }
    // A provider that is full has room for it only in the place of an earlier one.
    String key =
        is.get().provider().freeTags() > 0
            ? claim.key(request.id())
            : is.get().claimsOf(claim).firstKey();
    return new Move.Write(
        new Change.PutTags(Map.of(key, existing.get().renewedBy(request, now).value())));
  }
}
