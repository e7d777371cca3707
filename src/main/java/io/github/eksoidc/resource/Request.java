package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * What CloudFormation asks of a custom resource. Properties are as the template gave them,
 * unchecked: text, lists and maps of those.
 */
public sealed interface Request {

  /** Which resource of which stack is meant. */
  LogicalResource resource();

  /** The properties as they should be, or for a Delete as they last were. */
  Map<String, Object> properties();

  /** Make the resource. */
  record Create(LogicalResource resource, Map<String, Object> properties) implements Request {
    public Create {
      requireNonNull(resource, "resource is null");
      requireNonNull(properties, "properties is null");
    }
  }

  /**
   * Bring the resource to other properties.
   *
   * @param physicalId the id that the last Create or Update answered with
   * @param oldProperties the properties of the last request, which on a rollback are those that
   *     failed
   */
  record Update(
      LogicalResource resource,
      String physicalId,
      Map<String, Object> properties,
      Map<String, Object> oldProperties)
      implements Request {
    public Update {
      requireNonNull(resource, "resource is null");
      requireNonNull(physicalId, "physicalId is null");
      requireNonNull(properties, "properties is null");
      requireNonNull(oldProperties, "oldProperties is null");
    }
  }

  /**
   * Give the resource up.
   *
   * @param physicalId the id that the last Create or Update answered with, or one that
   *     CloudFormation made up when it cancels a Create that has not answered
   */
  record Delete(LogicalResource resource, String physicalId, Map<String, Object> properties)
      implements Request {
    public Delete {
      requireNonNull(resource, "resource is null");
      requireNonNull(physicalId, "physicalId is null");
      requireNonNull(properties, "properties is null");
    }
  }
}
