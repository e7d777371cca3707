package io.github.eksoidc.ownership;

import java.time.Instant;

/** What a request wants of a provider. */
interface Goal {

  /**
   * Decides the next move. Depends on the arguments only, and changes nothing.
   *
   * @throws io.github.eksoidc.resource.RequestFailedException if the goal can't be reached
   */
  Move next(Observation seen, Instant now);

  /** What the request does there, such as "claiming". */
  String activity();

  /** What the request does when it makes a move, for the reason of a request that is stopped. */
  default String activity(Move move) {
    return switch (move) {
      case Move.Create _ -> "creating";
      case Move.Delete _ -> "deleting";
      default -> activity();
    };
  }
}
