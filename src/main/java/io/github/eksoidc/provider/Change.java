package io.github.eksoidc.provider;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** One change of a provider: one call of IAM. */
public sealed interface Change {

  /** Adds a client id; nothing happens if it is there. */
  record AddAudience(String audience) implements Change {}

  /** Removes a client id; nothing happens if it is not there. */
  record RemoveAudience(String audience) implements Change {}

  /** Puts these in the place of all thumbprints. */
  record ReplaceThumbprints(List<String> thumbprints) implements Change {}

  /** Adds tags, or gives them other values. */
  record PutTags(Map<String, String> tags) implements Change {}

  /** Removes tags; nothing happens with those that are not there. */
  record RemoveTags(Set<String> keys) implements Change {}
}
