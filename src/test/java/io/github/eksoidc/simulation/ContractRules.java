package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import java.util.HashSet;
import java.util.Set;

/** What the rules say about one provider. */
final class ContractRules {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";

  private ContractRules() {}

  static Set<String> claims(Entry entry) {
    Set<String> claims = new HashSet<>();
    for (String key : entry.tags().keySet()) {
      if (key.startsWith(CLAIM)) {
        claims.add(key.substring(CLAIM.length()).split("/", 2)[0]);
      }
    }
    return claims;
  }

  /** The keys of the tags that record a claim. */
  static Set<String> claimKeys(Entry entry, String id) {
    Set<String> keys = new HashSet<>(entry.tags().keySet());
    keys.removeIf(key -> !key.equals(CLAIM + id) && !key.startsWith(CLAIM + id + "/"));
    return keys;
  }

  static boolean isManaged(Entry entry) {
    return "true".equals(entry.tags().get(OURS + "managed"));
  }

  static boolean tookAway(Entry was, Entry is) {
    return !is.audiences().containsAll(was.audiences())
        || !is.thumbprints().containsAll(was.thumbprints())
        || was.tags().entrySet().stream()
            .anyMatch(
                tag ->
                    !tag.getKey().startsWith(OURS)
                        && !tag.getValue().equals(is.tags().get(tag.getKey())));
  }
}
