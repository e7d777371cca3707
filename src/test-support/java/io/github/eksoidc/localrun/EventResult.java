package io.github.eksoidc.localrun;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.ownership.OwnershipTags;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one event did, and the account's providers after it.
 *
 * @param name the name of the event's file, without its suffix
 */
record EventResult(
    String name, ObjectNode event, InvocationResult result, Map<String, InMemoryIam.Entry> after) {

  String stack() {
    return event.path("StackId").asText().replaceFirst("^[^/]*/([^/]*).*$", "$1");
  }

  String requestType() {
    return event.path("RequestType").asText();
  }

  boolean succeeded() {
    return result.status().equals("SUCCESS");
  }

  /** Returns whether the response is the one that the file's name promises. */
  boolean isExpected() {
    return succeeded() != name.startsWith("failing-");
  }

  /** Returns whether the provider of the event exists after it. */
  boolean hasProvider() {
    return after.containsKey(result.physicalId());
  }

  /** Returns the stacks that claim the event's provider after it. */
  List<String> claimingStacks() {
    return !hasProvider()
        ? List.of()
        : new TreeMap<>(after.get(result.physicalId()).tags())
            .entrySet().stream()
                .filter(tag -> tag.getKey().startsWith(OwnershipTags.CLAIM))
                .map(tag -> tag.getValue().replaceFirst("/.*$", ""))
                .distinct()
                .sorted()
                .toList();
  }
}
