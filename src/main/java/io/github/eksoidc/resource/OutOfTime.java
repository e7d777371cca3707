package io.github.eksoidc.resource;

/** The time for the work is used up: what is left is for the answer. */
public final class OutOfTime extends Refusal {

  private static final long serialVersionUID = 1;

  public OutOfTime(String reason) {
    super(reason);
  }
}
