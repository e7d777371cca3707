package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.List;
import java.util.Set;

/**
 * The clusters and stacks of the account. Each method throws {@link RequestFailedException} if a
 * call is denied or fails for good.
 */
public interface Inventory {

  /** Lists the names of all EKS clusters of a Region. */
  List<String> clusters(String region);

  /** Lists all stacks of a Region, without those that have been deleted. */
  List<Stack> stacks(String region);

  /** Lists the logical ids of a stack's resources, without those that have been deleted. */
  Set<String> resources(String region, Stack stack);

  /**
   * A stack.
   *
   * @param id its ARN, which differs between two stacks of the same name
   */
  record Stack(String id, String name) {

    public Stack {
      requireNonNull(id, "id is null");
      requireNonNull(name, "name is null");
    }
  }
}
