package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A stack's resource has a provider.
 *
 * @param listedAt when the first list was begun that has it
 * @param isStable whether every list since then has it as it was
 */
record Use(StackResource resource, Instant listedAt, boolean isStable) {

  Use {
    requireNonNull(resource, "resource is null");
    requireNonNull(listedAt, "listedAt is null");
  }

  /** Whether the provider has to exist and to carry the claim of the resource. */
  boolean needsItsProvider() {
    return isStable && resource.needsItsProvider();
  }
}
