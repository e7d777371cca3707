package io.github.eksoidc.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The published JSON schema of one type: {@code schema/custom-….json}. */
public final class Schema {

  private final ObjectNode root;

  private Schema(ObjectNode root) {
    this.root = root;
  }

  /** The schema of a resource type. */
  public static Schema of(String type) {
    Path file = Path.of("schema", type.toLowerCase(Locale.ROOT).replace("::", "-") + ".json");
    try {
      return new Schema((ObjectNode) new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names that a template may give. */
  Set<String> properties() {
    Set<String> names = new TreeSet<>();
    root.path("properties").fieldNames().forEachRemaining(names::add);
    names.removeAll(readOnly());
    return names;
  }

  /** What the properties are that a template does not give, as far as the schema says that. */
  Map<String, Object> defaults() {
    Map<String, Object> defaults = new TreeMap<>();
    for (var property : root.path("properties").properties()) {
      JsonNode value = property.getValue().path("default");
      if (!value.isMissingNode()) {
        defaults.put(property.getKey(), new ObjectMapper().convertValue(value, Object.class));
      }
    }
    return defaults;
  }

  /** As a plain JSON schema of what a template may give. */
  public ObjectNode forTemplates() {
    ObjectNode schema = root.deepCopy();
    schema.put("type", "object");
    ((ObjectNode) schema.path("properties")).remove(readOnly());
    return schema;
  }

  private Set<String> readOnly() {
    Set<String> names = new TreeSet<>();
    for (JsonNode pointer : root.path("readOnlyProperties")) {
      names.add(pointer.asText().replace("/properties/", ""));
    }
    return names;
  }
}
