package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Something that an audit could not read, or not to its end.
 *
 * @param what such as {@code the stacks in eu-west-1}
 */
public record Unread(String what, String reason) {

  public Unread {
    requireNonNull(what, "what is null");
    requireNonNull(reason, "reason is null");
  }

  /** As strings. */
  public SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("What", what);
    map.put("Reason", reason);
    return map;
  }
}
