package io.github.eksoidc.properties;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;

/** What an Update changes in the properties of a resource, for the log. */
public final class PropertyChanges {

  private PropertyChanges() {}

  /**
   * Compares two sets of valid properties. The order of a list makes no difference.
   *
   * @param names the properties to compare; values of others never appear
   * @return for each property that differs, the values that were {@code added} and {@code removed}
   */
  public static SequencedMap<String, Map<String, List<String>>> between(
      Map<String, ?> before, Map<String, ?> after, Collection<String> names) {
    SequencedMap<String, Map<String, List<String>>> changes = new LinkedHashMap<>();
    for (String name : names) {
      SequencedSet<String> old = values(before.get(name));
      SequencedSet<String> now = values(after.get(name));
      if (!old.equals(now)) {
        SequencedMap<String, List<String>> change = new LinkedHashMap<>();
        change.put("added", without(now, old));
        change.put("removed", without(old, now));
        changes.put(name, change);
      }
    }
    return changes;
  }

  private static List<String> without(SequencedSet<String> values, SequencedSet<String> others) {
    return values.stream().filter(value -> !others.contains(value)).toList();
  }

  private static SequencedSet<String> values(Object value) {
    return switch (value) {
      case null -> new LinkedHashSet<>();
      case List<?> list -> {
        SequencedSet<String> all = new LinkedHashSet<>();
        list.forEach(element -> all.add(text(element)));
        yield all;
      }
      default -> new LinkedHashSet<>(List.of(text(value)));
    };
  }

  /** A tag as {@code key=value}. */
  private static String text(Object value) {
    return value instanceof Map<?, ?> tag && tag.containsKey("Key")
        ? tag.get("Key") + "=" + Objects.requireNonNullElse(tag.get("Value"), "")
        : String.valueOf(value);
  }
}
