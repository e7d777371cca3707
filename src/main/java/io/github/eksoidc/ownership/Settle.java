package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.Change;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The claim of this request is the only one of the resource, except for those of later requests.
 * Only an observation that shows the claim of this request tells anything.
 *
 * @param request this one: earlier requests were over, or canceled, when it was sent
 */
record Settle(Claimant claimant, SentRequest request) implements Goal {

  @Override
  public String activity() {
    return "removing earlier claims on";
  }

  @Override
  public Move next(Observation seen, Instant now) {
    Set<String> earlier = new HashSet<>();
    if (seen.hasOwnClaim()) {
      seen.provider()
          .orElseThrow()
          .claimsOf(claimant)
          .forEach(
              (key, claim) -> {
                if (request.isAfter(claim)) {
                  earlier.add(key);
                }
              });
    }
    return earlier.isEmpty()
        ? new Move.Finish("", List.of())
        : new Move.Finish("earlier claims removed", List.of(new Change.RemoveTags(earlier)));
  }
}
