package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Identifies a resource of a stack.
 *
 * @param stackId the stack's ARN, which differs between two stacks of the same name
 * @param logicalId the resource's logical id in the template
 */
public record LogicalResource(String stackId, String logicalId) {

  public LogicalResource {
    requireNonNull(stackId, "stackId is null");
    requireNonNull(logicalId, "logicalId is null");
  }

  /** Returns the account of the stack; empty if the stack id is not a stack's ARN. */
  public Optional<String> account() {
    return Arn.parse(stackId)
        .filter(arn -> arn.service().equals("cloudformation") && !arn.account().isEmpty())
        .map(Arn::account);
  }

  /** Returns the stack's name, or the whole stack id if it is not a stack's ARN. */
  public String stackName() {
    return Arn.parse(stackId)
        .map(arn -> arn.resource().split("/", -1))
        .filter(parts -> parts.length >= 2)
        .map(parts -> parts[1])
        .orElse(stackId);
  }

  /** Returns the first 32 hex digits of SHA-256 of stack id, line feed, logical id. */
  public String hash() {
    return ShortHash.of(stackId + "\n" + logicalId);
  }
}
