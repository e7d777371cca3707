package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestContext;
import java.time.Instant;

/**
 * The request at work. CloudFormation sends the requests for one resource one after the other, so
 * of two the one that was sent later counts, whichever runs later.
 *
 * @param id {@link RequestContext#requestId}
 * @param sentAt {@link RequestContext#sentAt}
 */
record SentRequest(String id, Instant sentAt) {

  SentRequest {
    requireNonNull(id, "id is null");
    requireNonNull(sentAt, "sentAt is null");
  }

  static SentRequest of(RequestContext context) {
    return new SentRequest(context.requestId(), context.sentAt());
  }

  /** Whether a claim is of another request for the same resource. */
  boolean isOther(Claim claim) {
    return !claim.requestId().equals(id);
  }

  /** Whether a claim is of a request for the same resource that was sent before. */
  boolean isAfter(Claim claim) {
    return isOther(claim) && !isBefore(claim);
  }

  /** Whether a claim is of a request for the same resource that was sent later. */
  boolean isBefore(Claim claim) {
    return claim.sentAt().isAfter(sentAt);
  }
}
