package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

/**
 * A stack of the account.
 *
 * @param id its ARN, which differs between two stacks of the same name
 * @param status as CloudFormation reports it
 */
public record Stack(String id, String name, String region, String status) {

  public Stack {
    requireNonNull(id, "id is null");
    requireNonNull(name, "name is null");
    requireNonNull(region, "region is null");
    requireNonNull(status, "status is null");
  }

  /**
   * Whether its resources have to exist. That can't be said of a stack that is being created,
   * updated or deleted, or of which only a deletion is left.
   */
  boolean isSettled() {
    return !status.endsWith("_IN_PROGRESS")
        && !status.startsWith("DELETE_")
        && !status.startsWith("ROLLBACK_");
  }
}
