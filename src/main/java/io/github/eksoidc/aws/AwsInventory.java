package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.Inventory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.w3c.dom.Element;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eks.model.ListClustersResponse;

/** Lists an account's clusters with the EKS API and its stacks with the CloudFormation API. */
public final class AwsInventory implements Inventory {

  private static final String DELETED = "DELETE_COMPLETE";

  /** The stack no longer has a resource whose deletion policy retained it. */
  private static final String RETAINED = "DELETE_SKIPPED";

  private final AwsClients clients;
  private final CloudFormationApi cloudFormation;
  private final CallRecorder recorder;

  public AwsInventory(AwsClients clients, CallRecorder recorder) {
    this.clients = requireNonNull(clients, "clients is null");
    this.cloudFormation = new CloudFormationApi(clients);
    this.recorder = requireNonNull(recorder, "recorder is null");
  }

  @Override
  public List<String> clusters(String region) {
    String action = "eks:ListClusters";
    List<String> names = new ArrayList<>();
    String token = null;
    try {
      do {
        String from = token;
        ListClustersResponse page =
            recorder.call(action, () -> clients.eks(region).listClusters(r -> r.nextToken(from)));
        names.addAll(page.clusters());
        token = page.nextToken();
      } while (token != null && !token.isEmpty());
      return names;
    } catch (SdkException e) {
      throw AwsErrors.translate(action, "the clusters in " + region, e);
    }
  }

  @Override
  public List<Stack> stacks(String region) {
    List<Stack> stacks = new ArrayList<>();
    // Without a filter by status: one that does not know a status would hide stacks.
    for (Element stack : pages(region, "ListStacks", Map.of(), "StackSummaries", "the stacks")) {
      if (!CloudFormationApi.text(stack, "StackStatus").equals(DELETED)) {
        stacks.add(
            new Stack(
                CloudFormationApi.text(stack, "StackId"),
                CloudFormationApi.text(stack, "StackName")));
      }
    }
    return stacks;
  }

  @Override
  public Set<String> resources(String region, Stack stack) {
    Set<String> logicalIds = new LinkedHashSet<>();
    for (Element resource :
        pages(
            region,
            "ListStackResources",
            Map.of("StackName", stack.id()),
            "StackResourceSummaries",
            "stack " + stack.name())) {
      String status = CloudFormationApi.text(resource, "ResourceStatus");
      if (!status.equals(DELETED) && !status.equals(RETAINED)) {
        logicalIds.add(CloudFormationApi.text(resource, "LogicalResourceId"));
      }
    }
    return logicalIds;
  }

  private List<Element> pages(
      String region, String name, Map<String, String> parameters, String list, String what) {
    String action = "cloudformation:" + name;
    List<Element> all = new ArrayList<>();
    Map<String, String> form = new TreeMap<>(parameters);
    try {
      Optional<String> token;
      do {
        CloudFormationApi.QueryResponse page =
            recorder.call(
                action,
                () -> cloudFormation.call(region, name, form),
                CloudFormationApi.QueryResponse::requestId);
        all.addAll(page.members(list));
        token = page.text("NextToken");
        token.ifPresent(t -> form.put("NextToken", t));
      } while (token.isPresent());
      return all;
    } catch (SdkException e) {
      throw AwsErrors.translate(action, what + " in " + region, e);
    }
  }
}
