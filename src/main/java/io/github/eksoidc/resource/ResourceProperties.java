package io.github.eksoidc.resource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The properties of a resource, read by name and type.
 *
 * <p>What is not as it should be is refused with the property's name, what was found and what is
 * allowed. Of a property with an unknown name only the name is told, never its value: it may be a
 * secret that stands in the wrong place.
 */
public final class ResourceProperties {

  private static final int SHOWN = 80;

  private final Map<String, Object> values;

  private ResourceProperties(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Takes the properties of a template.
   *
   * @param known every name that the type has
   * @throws RequestFailedException if there is a property of another name
   */
  public static ResourceProperties of(Map<String, Object> values, List<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new RequestFailedException(
            "Unknown property %s. Did you mean %s? Known are %s."
                .formatted(quoted(name), Suggestion.to(name, known), String.join(", ", known)));
      }
    }
    return new ResourceProperties(values);
  }

  /** Whether the template gives this property. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /**
   * The text of a property.
   *
   * @throws RequestFailedException if it is there, but no text
   */
  public Optional<String> text(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Object other -> throw wrongType(name, other, "text");
    };
  }

  /**
   * The texts of a list.
   *
   * @throws RequestFailedException if it is there, but no list, or one of something else than text
   */
  public Optional<List<String>> texts(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case List<?> list -> {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          if (!(list.get(i) instanceof String text)) {
            throw wrongType(name + "[" + i + "]", list.get(i), "text");
          }
          texts.add(text);
        }
        yield Optional.of(List.copyOf(texts));
      }
      case Object other -> throw wrongType(name, other, "a list of text");
    };
  }

  /**
   * The pairs of a list of {@code {Key, Value}}, in its order.
   *
   * @throws RequestFailedException if it is there, but anything else
   */
  public Optional<List<Map.Entry<String, String>>> pairs(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case List<?> list -> {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          pairs.add(pair(name + "[" + i + "]", list.get(i)));
        }
        yield Optional.of(List.copyOf(pairs));
      }
      case Object other -> throw wrongType(name, other, "a list of {Key, Value}");
    };
  }

  private static Map.Entry<String, String> pair(String where, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrongType(where, value, "{Key, Value}");
    }
    SequencedMap<String, String> parts = new LinkedHashMap<>();
    for (var entry : map.entrySet()) {
      String name = String.valueOf(entry.getKey());
      if (!name.equals("Key") && !name.equals("Value")) {
        throw new RequestFailedException(
            "%s has an unknown member %s; it may have Key and Value."
                .formatted(where, quoted(name)));
      }
      if (!(entry.getValue() instanceof String text)) {
        throw wrongType(where + "." + name, entry.getValue(), "text");
      }
      parts.put(name, text);
    }
    if (parts.size() != 2) {
      throw new RequestFailedException(
          "%s has no %s; it needs Key and Value."
              .formatted(where, parts.containsKey("Key") ? "Value" : "Key"));
    }
    return Map.entry(parts.get("Key"), parts.get("Value"));
  }

  /** The refusal of a value that has the right type, but is not allowed. */
  public static RequestFailedException badValue(String name, String found, String allowed) {
    return new RequestFailedException(
        "%s is %s, but must be %s.".formatted(name, quoted(found), allowed));
  }

  private static RequestFailedException wrongType(String name, Object found, String allowed) {
    return new RequestFailedException(
        "%s is %s, but must be %s.".formatted(name, typeOf(found), allowed));
  }

  private static String typeOf(Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> "the text " + quoted(text);
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a map";
      case Boolean bool -> "the boolean " + bool;
      case Number number -> "the number " + number;
      default -> "something else";
    };
  }

  /** In quotation marks, cut where it is long. */
  public static String quoted(String text) {
    if (text.codePointCount(0, text.length()) <= SHOWN) {
      return "\"" + text + "\"";
    }
    int end = text.offsetByCodePoints(0, SHOWN);
    return "\"%s…\" (%d characters)".formatted(text.substring(0, end), text.length());
  }
}
