package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestFailedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What could be read of a list.
 *
 * @param at when it was begun
 * @param failure why the rest could not be read; empty if the list is complete
 */
record Listing<T>(Instant at, List<T> members, Optional<RequestFailedException> failure) {

  Listing {
    requireNonNull(at, "at is null");
    members = List.copyOf(members);
    requireNonNull(failure, "failure is null");
  }
}
