package io.github.eksoidc.inmemory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The stacks of one account, in all Regions, with ListStacks and ListStackResources over the Query
 * protocol, in pages of 100 as CloudFormation returns them.
 */
public final class InMemoryCloudFormation {

  private static final String NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
  private static final int PAGE = 100;

  /**
   * A resource of a stack.
   *
   * @param physicalId empty if it has none yet
   */
  public record Resource(String type, String physicalId, String status) {

    /** Returns a resource that has been created. */
    public static Resource complete(String type, String physicalId) {
      return new Resource(type, physicalId, "CREATE_COMPLETE");
    }
  }

  /**
   * A stack.
   *
   * @param resources by their logical ids
   */
  public record Stack(String id, String status, Map<String, Resource> resources) {

    /** Returns a stack without resources that has been created. */
    public static Stack complete(String id) {
      return new Stack(id, "CREATE_COMPLETE", Map.of());
    }

    /** Returns the stack with one more resource. */
    public Stack with(String logicalId, Resource resource) {
      Map<String, Resource> more = new LinkedHashMap<>(resources);
      more.put(logicalId, resource);
      return new Stack(id, status, more);
    }

    /** Returns the stack with another status. */
    public Stack with(String other) {
      return new Stack(id, other, resources);
    }

    String region() {
      return id.split(":", 5)[3];
    }

    String name() {
      return id.split("/", 3)[1];
    }
  }

  private final ConcurrentMap<String, Stack> stacks = new ConcurrentHashMap<>();

  /** Creates a stack or replaces its state. */
  public void put(Stack stack) {
    stacks.put(stack.id(), stack);
  }

  /** Removes all stacks. */
  public void clear() {
    stacks.clear();
  }

  Reply handle(String region, Map<String, String> form, String requestId) {
    String action = form.getOrDefault("Action", "");
    String result =
        switch (action) {
          case "ListStacks" ->
              page(
                  "StackSummaries",
                  stacks.values().stream()
                      .filter(stack -> stack.region().equals(region))
                      .sorted((a, b) -> a.id().compareTo(b.id()))
                      .map(
                          stack ->
                              IamQuery.element("StackId", stack.id())
                                  + IamQuery.element("StackName", stack.name())
                                  + IamQuery.element("StackStatus", stack.status()))
                      .toList(),
                  form);
          case "ListStackResources" -> resources(region, form);
          default -> throw new AwsError("InvalidAction", 400, "Could not find operation " + action);
        };
    return Reply.of(
        200,
        "text/xml",
        """
        <%1$sResponse xmlns="%2$s">
          <%1$sResult>%3$s</%1$sResult>
          <ResponseMetadata><RequestId>%4$s</RequestId></ResponseMetadata>
        </%1$sResponse>
        """
            .formatted(action, NAMESPACE, result, requestId),
        requestId);
  }

  private String resources(String region, Map<String, String> form) {
    String name = form.getOrDefault("StackName", "");
    Stack stack = stacks.get(name);
    if (stack == null || !stack.region().equals(region)) {
      throw new AwsError("ValidationError", 400, "Stack with id " + name + " does not exist");
    }
    List<String> members = new ArrayList<>();
    stack
        .resources()
        .forEach(
            (logicalId, resource) ->
                members.add(
                    IamQuery.element("LogicalResourceId", logicalId)
                        + (resource.physicalId().isEmpty()
                            ? ""
                            : IamQuery.element("PhysicalResourceId", resource.physicalId()))
                        + IamQuery.element("ResourceType", resource.type())
                        + IamQuery.element("ResourceStatus", resource.status())));
    return page("StackResourceSummaries", members, form);
  }

  private static String page(String list, List<String> members, Map<String, String> form) {
    int from = Integer.parseInt(form.getOrDefault("NextToken", "0"));
    int to = Math.min(members.size(), from + PAGE);
    StringBuilder xml = new StringBuilder("<" + list + ">");
    members
        .subList(from, to)
        .forEach(member -> xml.append("<member>").append(member).append("</member>"));
    xml.append("</").append(list).append('>');
    return to < members.size() ? xml + IamQuery.element("NextToken", "" + to) : xml.toString();
  }
}
