package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.List;
import java.util.Optional;

/**
 * The clusters and stacks of the account, page by page. Each method throws {@link
 * RequestFailedException} if a call is denied or fails for good.
 */
public interface Inventory {

  /** Whether there certainly is a Region of this name, in the function's partition. */
  boolean isRegion(String name);

  /** Lists the names of the EKS clusters of a Region. */
  Page<String> clusters(String region, Optional<String> from);

  /**
   * Lists the stacks of a Region, without those that have been deleted.
   *
   * @throws RegionNotEnabledException if the Region does not know the account
   */
  Page<Stack> stacks(String region, Optional<String> from);

  /** Lists the resources of a stack, without those that have been deleted. */
  Page<StackResource> resources(Stack stack, Optional<String> from);

  /**
   * A part of a list.
   *
   * @param next where the next part begins; empty if this is the last one
   */
  record Page<T>(List<T> members, Optional<String> next) {

    public Page {
      members = List.copyOf(members);
      requireNonNull(next, "next is null");
    }
  }
}
