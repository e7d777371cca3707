package io.github.eksoidc.harness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Events as CloudFormation sends them. */
public final class TestEvents {

  public static final String ACCOUNT = "111122223333";
  public static final String REGION = "eu-west-1";

  private TestEvents() {}

  /** Returns the id of a stack. */
  public static String stack(String name) {
    return "arn:aws:cloudformation:%s:%s:stack/%s/%s"
        .formatted(
            REGION,
            ACCOUNT,
            name,
            UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  /** Returns properties from alternating names and values. */
  public static Map<String, Object> properties(Object... namesAndValues) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      properties.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return properties;
  }

  public static ObjectNode create(String stack, Map<String, Object> properties) {
    return event("Create", stack, properties);
  }

  public static ObjectNode update(
      String stack, String id, Map<String, Object> properties, Map<String, Object> old) {
    ObjectNode event = event("Update", stack, properties);
    event.put("PhysicalResourceId", id);
    event.set("OldResourceProperties", withToken(old));
    return event;
  }

  public static ObjectNode delete(String stack, String id, Map<String, Object> properties) {
    ObjectNode event = event("Delete", stack, properties);
    event.put("PhysicalResourceId", id);
    return event;
  }

  private static ObjectNode event(String type, String stack, Map<String, Object> properties) {
    ObjectNode event = FunctionClient.JSON.createObjectNode();
    event.put("RequestType", type);
    event.put("ServiceToken", token());
    event.put("ResponseURL", "https://example.com/replaced");
    event.put("StackId", stack(stack));
    event.put("RequestId", UUID.randomUUID().toString());
    event.put("LogicalResourceId", "Provider");
    event.put("ResourceType", "Custom::EksOidcProvider");
    event.set("ResourceProperties", withToken(properties));
    return event;
  }

  private static ObjectNode withToken(Map<String, Object> properties) {
    ObjectNode node = FunctionClient.JSON.createObjectNode();
    node.put("ServiceToken", token());
    properties.forEach((name, value) -> node.set(name, FunctionClient.JSON.valueToTree(value)));
    return node;
  }

  private static String token() {
    return "arn:aws:lambda:%s:%s:function:eks-oidc-provider:live".formatted(REGION, ACCOUNT);
  }
}
