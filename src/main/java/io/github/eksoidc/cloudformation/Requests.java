package io.github.eksoidc.cloudformation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Properties;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes a request of an event. */
public final class Requests {

  private Requests() {}

  /**
   * The request that an event is.
   *
   * @throws Refusal if something is missing or unknown, with its name
   */
  public static Request of(Event read) {
    read.problem()
        .ifPresent(
            problem -> {
              throw new Refusal(problem);
            });
    CloudFormationCustomResourceEvent event = read.event();
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
      throw new Refusal("The event has no " + String.join(", no ", missing) + ".");
    }
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
          throw new Refusal(
              "RequestType is %s, but must be Create, Update or Delete."
                  .formatted(Properties.quoted(event.getRequestType())));
    };
  }

  private static void require(String value, String name, List<String> missing) {
    if (value == null || value.isEmpty()) {
      missing.add(name);
    }
  }

  private static Map<String, Object> orEmpty(Map<String, Object> properties) {
    return properties == null ? Map.of() : properties;
  }
}
