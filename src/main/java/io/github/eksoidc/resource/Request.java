package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A request of CloudFormation for a custom resource. Its properties are those of the template, not
 * validated: strings, and lists and maps of those.
 */
public sealed interface Request {

  /** The resource of the stack. */
  LogicalResource resource();

  /** The desired properties; those of the last request for a Delete. */
  Map<String, Object> properties();

  /** Creates the resource. */
  record Create(LogicalResource resource, Map<String, Object> properties) implements Request {
    public Create {
      requireNonNull(resource, "resource is null");
      requireNonNull(properties, "properties is null");
    }
  }

  /**
   * Updates the resource.
   *
   * @param physicalId the id of the last response to a Create or Update
   * @param oldProperties the properties of the last request; on a rollback, those of the Update
   *     that failed
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
   * Deletes the resource.
   *
   * @param physicalId the id of the last response to a Create or Update, or one that CloudFormation
   *     generates if it cancels a Create before the response
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
