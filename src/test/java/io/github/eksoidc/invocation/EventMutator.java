package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes valid events and changes them at random, with knowledge of their structure. */
final class EventMutator {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MOST_CHANGES = 4;

  /**
   * So many that of the events of a batch, which run side by side, few wait for each other's
   * leases, and so few that Updates and Deletes meet the claims of Creates.
   */
  private static final int CLUSTERS = TestSize.of(8, 100);

  private static final String ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/%04X";

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\u0000",
          "\uD800",
          "a\uDC00b",
          "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
          "e\u0301".repeat(3000),
          "x".repeat(70_000),
          "\"\\\u2028\u202E",
          "Create",
          "Update",
          "Delete",
          "null",
          "true",
          "-1",
          "../../etc/passwd",
          "${jndi:ldap://127.0.0.1/x}",
          "arn:aws:iam::111122223333:oidc-provider/x",
          "https://oidc.eks.eu-west-1.amazonaws.com/id/0001",
          "Custom::EksOidcProvider",
          "Custom::IrsaTrustPolicy");

  private final Random random;
  private boolean urlKept = true;

  EventMutator(long seed) {
    random = new Random(seed);
  }

  /** Returns true if the event certainly has its response URL. */
  boolean isUrlKept() {
    return urlKept;
  }

  /** Returns a changed event with this response URL. */
  byte[] event(String url) {
    ObjectNode event = base();
    event.put("ResponseURL", url);
    int changes = random.nextInt(MOST_CHANGES + 1);
    for (int i = 0; i < changes; i++) {
      change(event, url);
    }
    urlKept = event.path("ResponseURL").asText().equals(url);
    byte[] bytes = write(event);
    return random.nextInt(8) == 0 ? broken(bytes) : bytes;
  }

  /** The clusters that the events name, each with its issuer. */
  static Map<String, String> clusters() {
    return IntStream.range(0, CLUSTERS)
        .boxed()
        .collect(Collectors.toMap(i -> "main-" + i, ISSUER::formatted));
  }

  private ObjectNode base() {
    int cluster = random.nextInt(CLUSTERS);
    Map<String, Object> properties =
        TestEvents.properties(
            "ClusterName", "main-" + cluster,
            "ClientIdList", List.of("sts.amazonaws.com", "x"),
            "ThumbprintList", List.of("9".repeat(40)),
            "Tags", List.of(Map.of("Key", "team", "Value", "x")),
            "OnExisting", "Adopt");
    String stack = "stack-" + random.nextInt(20);
    // Mostly the cluster's own issuer: a replacement waits for reads that lag.
    int issuer = random.nextInt(4) == 0 ? random.nextInt(CLUSTERS) : cluster;
    String id = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER.formatted(issuer);
    return switch (random.nextInt(3)) {
      case 0 -> TestEvents.create(stack, properties);
      case 1 -> TestEvents.update(stack, id, properties, properties);
      default -> TestEvents.delete(stack, id, properties);
    };
  }

  private static byte[] write(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      // A lone surrogate has no UTF-8 form. Other writers send it as an escape.
      return escaped(node.toString()).getBytes(UTF_8);
    }
  }

  private static String escaped(String json) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      text.append(Character.isSurrogate(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
    return text.toString();
  }

  private void change(ObjectNode event, String url) {
    List<JsonNode> containers = new ArrayList<>();
    collect(event, containers);
    JsonNode container = containers.get(random.nextInt(containers.size()));
    if (container instanceof ObjectNode map && !map.isEmpty()) {
      List<String> names = new ArrayList<>();
      map.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      if (name.equals("ResponseURL") && random.nextInt(8) != 0) {
        return;
      }
      switch (random.nextInt(5)) {
        case 0 -> map.remove(name);
        case 1 -> map.set(misspelt(name), map.remove(name));
        case 2 -> map.set(text(), value(url));
        default -> map.set(name, value(url));
      }
    } else if (container instanceof ArrayNode list) {
      if (!list.isEmpty() && random.nextBoolean()) {
        list.remove(random.nextInt(list.size()));
      } else {
        int more = random.nextInt(10) == 0 ? 120 : 1;
        for (int i = 0; i < more; i++) {
          list.add(value(url));
        }
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  private String misspelt(String name) {
    if (name.isEmpty()) {
      return "x";
    }
    int at = random.nextInt(name.length());
    return switch (random.nextInt(3)) {
      case 0 -> name.substring(0, at) + name.substring(at + 1);
      case 1 -> name.substring(0, at) + 'q' + name.substring(at);
      default -> name.toUpperCase(java.util.Locale.ROOT);
    };
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private JsonNode value(String url) {
    return switch (random.nextInt(10)) {
      case 0 -> NullNode.instance;
      case 1 -> NODES.numberNode(random.nextLong());
      case 2 -> NODES.numberNode(random.nextGaussian() * 1e300);
      case 3 -> BooleanNode.valueOf(random.nextBoolean());
      case 4 -> NODES.arrayNode().add(text());
      case 5 -> NODES.objectNode().put(text(), text());
      case 6 -> deep();
      // The function must not print the URL, wherever it is.
      case 7 -> TextNode.valueOf(url);
      default -> TextNode.valueOf(text());
    };
  }

  private JsonNode deep() {
    JsonNode node = NODES.objectNode();
    int depth = 1 + random.nextInt(200);
    for (int i = 0; i < depth; i++) {
      node = i % 2 == 0 ? NODES.arrayNode().add(node) : NODES.objectNode().set("d", node);
    }
    return node;
  }

  /** Cuts the event, or changes or adds bytes. */
  private byte[] broken(byte[] bytes) {
    urlKept = false;
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(3)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> {
        byte[] changed = bytes.clone();
        changed[at] = (byte) random.nextInt(256);
        yield changed;
      }
      default -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 20);
        System.arraycopy(bytes, at, longer, at + 20, bytes.length - at);
        byte[] noise = new byte[20];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, longer, at, 20);
        yield longer;
      }
    };
  }
}
