package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestFailedException;

/** CloudFormation has sent a later request for the resource than the one at work. */
public final class SupersededException extends RequestFailedException {

  private static final long serialVersionUID = 1;

  /** The later request has claimed a provider, or removed the claim from it. */
  public SupersededException(ProviderArn arn) {
    super(
        "CloudFormation has canceled this request: a later one of this resource has claimed or released %s."
            .formatted(arn));
  }
}
