package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.Inventory;
import io.github.eksoidc.audit.RegionNotEnabledException;
import io.github.eksoidc.audit.Stack;
import io.github.eksoidc.audit.StackResource;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.RegionMetadata;
import software.amazon.awssdk.services.cloudformation.model.ListStackResourcesResponse;
import software.amazon.awssdk.services.cloudformation.model.ListStacksResponse;
import software.amazon.awssdk.services.eks.model.ListClustersResponse;

/** Lists an account's clusters with the EKS API and its stacks with the CloudFormation API. */
public final class AwsInventory implements Inventory {

  private static final String DELETED = "DELETE_COMPLETE";

  /** The stack no longer has a resource whose deletion policy retained it. */
  private static final String RETAINED = "DELETE_SKIPPED";

  private final AwsClients clients;
  private final CallInterceptor interceptor;

  public AwsInventory(AwsClients clients, CallInterceptor interceptor) {
    this.clients = requireNonNull(clients, "clients is null");
    this.interceptor = requireNonNull(interceptor, "interceptor is null");
  }

  /**
   * A Region that the SDK knows, or the function's own. So a tag with a name of the right form
   * can't make the function call a host that is not there.
   */
  @Override
  public boolean isRegion(String name) {
    return name.equals(clients.region())
        || Region.regions().stream()
            .filter(region -> region.id().equals(name) && !region.isGlobalRegion())
            .map(RegionMetadata::of)
            .filter(Objects::nonNull)
            .anyMatch(metadata -> metadata.partition().id().equals(clients.partition()));
  }

  @Override
  public Page<String> clusters(String region, Optional<String> from) {
    return page(
        "eks:ListClusters",
        "the clusters in " + region,
        region,
        () -> clients.eks(region).listClusters(r -> r.nextToken(from.orElse(null))),
        ListClustersResponse::clusters,
        ListClustersResponse::nextToken);
  }

  @Override
  public Page<Stack> stacks(String region, Optional<String> from) {
    return page(
        "cloudformation:ListStacks",
        "the stacks in " + region,
        region,
        // Without a filter by status: one that does not know a status would hide stacks.
        () -> clients.cloudFormation(region).listStacks(r -> r.nextToken(from.orElse(null))),
        response ->
            response.stackSummaries().stream()
                .filter(stack -> !DELETED.equals(stack.stackStatusAsString()))
                .map(
                    stack ->
                        new Stack(
                            stack.stackId(),
                            stack.stackName(),
                            region,
                            String.valueOf(stack.stackStatusAsString())))
                .toList(),
        ListStacksResponse::nextToken);
  }

  @Override
  public Page<StackResource> resources(Stack stack, Optional<String> from) {
    return page(
        "cloudformation:ListStackResources",
        "stack " + stack.name() + " in " + stack.region(),
        stack.region(),
        () ->
            clients
                .cloudFormation(stack.region())
                .listStackResources(r -> r.stackName(stack.id()).nextToken(from.orElse(null))),
        response ->
            response.stackResourceSummaries().stream()
                .filter(
                    resource ->
                        !DELETED.equals(resource.resourceStatusAsString())
                            && !RETAINED.equals(resource.resourceStatusAsString()))
                .map(
                    resource ->
                        new StackResource(
                            stack,
                            resource.logicalResourceId(),
                            String.valueOf(resource.resourceType()),
                            Objects.requireNonNullElse(resource.physicalResourceId(), ""),
                            String.valueOf(resource.resourceStatusAsString())))
                .toList(),
        ListStackResourcesResponse::nextToken);
  }

  private <R extends AwsResponse, T> Page<T> page(
      String action,
      String what,
      String region,
      Supplier<R> call,
      Function<R, List<T>> members,
      Function<R, String> next) {
    try {
      R response = interceptor.call(action, call);
      return new Page<>(
          members.apply(response),
          Optional.ofNullable(next.apply(response)).filter(token -> !token.isEmpty()));
    } catch (SdkException e) {
      RequestFailedException failure = AwsErrors.translate(action, what, e);
      if (!region.equals(clients.region()) && AwsErrors.isUnknownCredentials(e)) {
        throw new RegionNotEnabledException(
            "%s in %s rejects the account's credentials, probably because the Region is not enabled."
                .formatted(action.startsWith("eks:") ? "EKS" : "CloudFormation", region),
            e);
      }
      throw failure;
    }
  }
}
