package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

/**
 * One resource of one stack, as a template names it.
 *
 * @param stackId the stack's ARN; unique even among stacks of one name
 * @param logicalId the resource's name in its template
 */
public record LogicalResource(String stackId, String logicalId) {

  public LogicalResource {
    requireNonNull(stackId, "stackId is null");
    requireNonNull(logicalId, "logicalId is null");
  }

  /**
   * The name of the stack: the second part of {@code arn:…:stack/<name>/<id>}, or the whole id
   * where it has no such form.
   */
  public String stackName() {
    String[] parts = stackId.split("/", -1);
    return parts.length >= 2 ? parts[1] : stackId;
  }
}
