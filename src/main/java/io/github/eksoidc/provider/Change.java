package io.github.eksoidc.provider;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** One change of a provider, which takes one IAM call. */
public sealed interface Change {

  /** Whether it takes something away that somebody else may want. */
  default boolean removes() {
    return switch (this) {
      case RemoveAudience _, ReplaceThumbprints _ -> true;
      case RemoveTags(var keys) -> keys.stream().noneMatch(ProviderTags::isReserved);
      case AddAudience _, PutTags _ -> false;
    };
  }

  /** Adds a client ID; has no effect if the provider has it. */
  record AddAudience(String audience) implements Change {}

  /** Removes a client ID; has no effect if the provider does not have it. */
  record RemoveAudience(String audience) implements Change {}

  /** Replaces all thumbprints. */
  record ReplaceThumbprints(List<String> thumbprints) implements Change {}

  /** Adds tags, or changes their values. */
  record PutTags(Map<String, String> tags) implements Change {}

  /** Removes tags; has no effect for tags that the provider does not have. */
  record RemoveTags(Set<String> keys) implements Change {}
}
