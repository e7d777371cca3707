package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Delivery;

/** A response was not delivered. The message does not contain the URL. */
public final class ResponseNotDeliveredException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ResponseNotDeliveredException(Delivery delivery) {
    super(
        "The response was not delivered to CloudFormation: %s after %d attempts (%s)"
            .formatted(delivery.status(), delivery.attempts(), delivery.detail()));
  }
}
