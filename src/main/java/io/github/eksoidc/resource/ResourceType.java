package io.github.eksoidc.resource;

/** A custom resource type. */
public interface ResourceType {

  /**
   * Handles a request. Lambda may deliver the same request twice, also concurrently.
   *
   * @throws RequestFailedException if the request fails, with the reason for the response
   */
  ResourceResult handle(Request request, RequestContext context);
}
