package io.github.eksoidc.properties;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Reads the properties of a resource by name and type.
 *
 * <p>A reason names the property, the value that was found and the allowed values. The reason for
 * an unknown property contains only its name, because its value may be a misplaced secret.
 */
public final class ResourceProperties {

  private static final int MAX_QUOTED_LENGTH = 80;

  private final Map<String, Object> values;

  private ResourceProperties(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Takes the properties of a request.
   *
   * @param known the names of all properties of the resource type
   * @throws RequestFailedException if there is an unknown property
   */
  public static ResourceProperties of(Map<String, Object> values, List<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new RequestFailedException(
            "Unknown property %s.%s The known properties are %s."
                .formatted(
                    quoted(name),
                    Suggestion.to(name, known).map(" Did you mean %s?"::formatted).orElse(""),
                    String.join(", ", known)));
      }
    }
    return new ResourceProperties(values);
  }

  /** Whether the request has this property. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /**
   * Returns a string property.
   *
   * @throws RequestFailedException if the value is not a string
   */
  public Optional<String> text(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Object other -> throw wrongType(name, other, "a string");
    };
  }

  /**
   * Returns the value of a boolean property. CloudFormation delivers it as the string {@code true}
   * or {@code false}.
   *
   * @throws RequestFailedException if the property has another value
   */
  public Optional<Boolean> bool(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case Boolean value -> Optional.of(value);
      case String text when text.equals("true") || text.equals("false") ->
          Optional.of(text.equals("true"));
      case String text -> throw badValue(name, text, "true or false");
      case Object other -> throw wrongType(name, other, "true or false");
    };
  }

  /**
   * Returns a list of strings.
   *
   * @throws RequestFailedException if the value is not a list of strings
   */
  public Optional<List<String>> texts(String name) {
    return switch (values.get(name)) {
      case null -> Optional.empty();
      case List<?> list -> {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          if (!(list.get(i) instanceof String text)) {
            throw wrongType(name + "[" + i + "]", list.get(i), "a string");
          }
          texts.add(text);
        }
        yield Optional.of(List.copyOf(texts));
      }
      case Object other -> throw wrongType(name, other, "a list of strings");
    };
  }

  /**
   * Returns a list of strings, for which a template may also give a single string.
   *
   * @throws RequestFailedException if the value is neither a string nor a list of strings
   */
  public Optional<List<String>> textOrTexts(String name) {
    return values.get(name) instanceof String text ? Optional.of(List.of(text)) : texts(name);
  }

  /**
   * Returns a list of {@code {Key, Value}} pairs, in its order.
   *
   * @throws RequestFailedException if the value is not such a list
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

  private static Map.Entry<String, String> pair(String path, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrongType(path, value, "{Key, Value}");
    }
    SequencedMap<String, String> parts = new LinkedHashMap<>();
    for (var entry : map.entrySet()) {
      String name = String.valueOf(entry.getKey());
      if (!name.equals("Key") && !name.equals("Value")) {
        throw new RequestFailedException(
            "%s has an unknown member %s. A tag has the members Key and Value."
                .formatted(path, quoted(name)));
      }
      if (!(entry.getValue() instanceof String text)) {
        throw wrongType(path + "." + name, entry.getValue(), "a string");
      }
      parts.put(name, text);
    }
    if (parts.size() != 2) {
      throw new RequestFailedException(
          "%s has no %s. A tag has the members Key and Value."
              .formatted(path, parts.containsKey("Key") ? "Value" : "Key"));
    }
    return Map.entry(parts.get("Key"), parts.get("Value"));
  }

  /** Returns the exception for a value of the right type that is not allowed. */
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
      case String text -> "the string " + quoted(text);
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a map";
      case Boolean bool -> "the boolean " + bool;
      case Number number -> "the number " + truncated(String.valueOf(number));
      default -> "something else";
    };
  }

  /** Returns the text in quotation marks, truncated if it is long. */
  public static String quoted(String text) {
    String truncated = truncated(text);
    return truncated.equals(text)
        ? "\"" + text + "\""
        : "\"%s\" (%d characters)".formatted(truncated, text.length());
  }

  private static String truncated(String text) {
    return text.codePointCount(0, text.length()) <= MAX_QUOTED_LENGTH
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_QUOTED_LENGTH)) + "…";
  }
}
