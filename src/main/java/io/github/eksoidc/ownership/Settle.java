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
 * @param startedAt when CloudFormation sent this request: earlier requests were over by then
 */
record Settle(Claim claim, String requestId, Instant startedAt) implements Goal {

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
          .claimsOf(claim)
          .forEach(
              (key, record) -> {
                if (!record.requestId().equals(requestId) && !record.at().isAfter(startedAt)) {
                  earlier.add(key);
                }
              });
    }
    return earlier.isEmpty()
        ? new Move.Finish("", List.of())
        : new Move.Finish("earlier claims removed", List.of(new Change.RemoveTags(earlier)));
  }
}
