package io.github.eksoidc.lambda;

import io.github.eksoidc.cloudformation.Delivery;

/** An answer did not arrive. Says nothing of the URL. */
public final class AnswerNotDelivered extends RuntimeException {

  private static final long serialVersionUID = 1;

  AnswerNotDelivered(Delivery delivery) {
    super(
        "CloudFormation did not get the answer: %s after %d attempts (%s)"
            .formatted(delivery.outcome(), delivery.attempts(), delivery.detail()));
  }
}
