package io.github.eksoidc.cloudformation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Converts an event into a request. */
public final class RequestParser {

  private RequestParser() {}

  /**
   * Converts an event.
   *
   * @throws RequestFailedException if the event is not valid; the reason names the member
   */
  public static Request parse(ParsedEvent parsed) {
    parsed
        .problem()
        .ifPresent(
            problem -> {
              throw new RequestFailedException(problem);
            });
    requireMembers(parsed.event());
    Request request = toRequest(parsed.event());
    if (!(request instanceof Request.Delete)) {
      ServiceTimeout.check(request.properties());
    }
    return request;
  }

  private static void requireMembers(CloudFormationCustomResourceEvent event) {
    List<String> missing = new ArrayList<>();
    require(event.getRequestType(), "RequestType", missing);
    require(event.getStackId(), "StackId", missing);
    require(event.getRequestId(), "RequestId", missing);
    require(event.getLogicalResourceId(), "LogicalResourceId", missing);
    require(event.getResourceType(), "ResourceType", missing);
    boolean isDelete = "Delete".equals(event.getRequestType());
    if (event.getResourceProperties() == null && !isDelete) {
      missing.add("ResourceProperties");
    }
    if (isDelete || "Update".equals(event.getRequestType())) {
      require(event.getPhysicalResourceId(), "PhysicalResourceId", missing);
    }
    if (!missing.isEmpty()) {
      throw new RequestFailedException("The event has no " + String.join(", no ", missing) + ".");
    }
  }

  private static void require(String value, String name, List<String> missing) {
    if (value == null || value.isEmpty()) {
      missing.add(name);
    }
  }

  private static Request toRequest(CloudFormationCustomResourceEvent event) {
    var resource = new LogicalResource(event.getStackId(), event.getLogicalResourceId());
    Map<String, Object> properties = orEmpty(event.getResourceProperties());
    return switch (event.getRequestType()) {
      case "Create" -> new Request.Create(resource, properties);
      case "Update" ->
          new Request.Update(
              resource,
              event.getPhysicalResourceId(),
              properties,
              orEmpty(event.getOldResourceProperties()));
      case "Delete" -> new Request.Delete(resource, event.getPhysicalResourceId(), properties);
      default ->
          throw new RequestFailedException(
              "RequestType is %s, but must be Create, Update or Delete."
                  .formatted(ResourceProperties.quoted(event.getRequestType())));
    };
  }

  private static Map<String, Object> orEmpty(Map<String, Object> properties) {
    return properties == null ? Map.of() : properties;
  }
}
