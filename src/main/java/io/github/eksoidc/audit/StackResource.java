package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.LogicalResource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A resource of a stack, as CloudFormation lists it.
 *
 * @param physicalId empty if it has none yet
 */
public record StackResource(
    Stack stack, String logicalId, String type, String physicalId, String status) {

  private static final String TYPE = "Custom::EksOidcProvider";

  /** What a template may call a custom resource of any function. */
  private static final String ANY_TYPE = "AWS::CloudFormation::CustomResource";

  private static final Set<String> COMPLETE =
      Set.of("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE");

  public StackResource {
    requireNonNull(stack, "stack is null");
    requireNonNull(logicalId, "logicalId is null");
    requireNonNull(type, "type is null");
    requireNonNull(physicalId, "physicalId is null");
    requireNonNull(status, "status is null");
  }

  /**
   * Whether it is taken for a resource of the function, or of a copy of it: by its type, because
   * CloudFormation does not list the {@code ServiceToken}.
   */
  boolean isOfFunction() {
    return isCertainlyOfFunction() || type.equals(ANY_TYPE);
  }

  /** Whether its type is the one of this project. */
  boolean isCertainlyOfFunction() {
    return type.equals(TYPE);
  }

  /** The provider that it has; empty if its physical id is not a provider's ARN. */
  Optional<ProviderArn> provider() {
    return ProviderArn.parse(physicalId);
  }

  /** Whether its provider has to exist and to carry its claim. */
  boolean needsItsProvider() {
    return isOfFunction() && COMPLETE.contains(status) && stack.isSettled();
  }

  /** The id of its claim. */
  String claimId() {
    return claimId(stack, logicalId);
  }

  /** The id of the claim of a resource of a stack. */
  static String claimId(Stack stack, String logicalId) {
    return new LogicalResource(stack.id(), logicalId).hash();
  }

  /** {@code <stack name>/<logical id> in <Region>}, for people. */
  String title() {
    return "%s/%s in %s".formatted(stack.name(), logicalId, stack.region());
  }

  /** As strings, named as in CloudFormation's API. */
  SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("StackId", stack.id());
    map.put("LogicalResourceId", logicalId);
    map.put("ResourceType", type);
    map.put("ResourceStatus", status);
    return map;
  }
}
