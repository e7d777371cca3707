package io.github.eksoidc.provider;

/** The provider already has as many tags as IAM allows. */
public final class TagLimitExceededException extends AwsCallException {

  private static final long serialVersionUID = 1;

  public TagLimitExceededException(String reason, AwsCallException cause) {
    super(reason, cause.getCause(), false, cause.changedNothing());
  }
}
