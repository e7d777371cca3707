package io.github.eksoidc.resource;

/** A type of custom resource. */
public interface ResourceType {

  /**
   * Does what the request asks. The same request may come twice, also at the same time.
   *
   * @throws RequestFailedException if it can't be done, with the reason
   */
  ResourceResult handle(Request request, RequestContext context);
}
