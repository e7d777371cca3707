package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

/**
 * Something that needs the attention of a person.
 *
 * @param detail one sentence
 */
public record Finding(FindingKind kind, String detail) {

  public Finding {
    requireNonNull(kind, "kind is null");
    requireNonNull(detail, "detail is null");
  }
}
