package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Delivery;

/** An answer did not arrive. Says nothing of the URL. */
public final class ResponseNotDeliveredException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ResponseNotDeliveredException(Delivery delivery) {
    super(
        "CloudFormation did not get the answer: %s after %d attempts (%s)"
            .formatted(delivery.status(), delivery.attempts(), delivery.detail()));
  }
}
