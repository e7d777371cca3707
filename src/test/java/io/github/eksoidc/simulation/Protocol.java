package io.github.eksoidc.simulation;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;

/** Stands between the lifecycle and the account, to break one part of the protocol on purpose. */
interface Protocol {

  /** The protocol as it is. */
  Protocol UNCHANGED = new Protocol() {};

  default Providers providers(Providers account, RequestContext context) {
    return account;
  }

  default Clusters clusters(Clusters clusters) {
    return clusters;
  }

  /** Whether a request pauses when it wants to. */
  default boolean pauses(Duration duration) {
    return true;
  }

  default Request request(Request request) {
    return request;
  }
}
