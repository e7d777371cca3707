package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a test sees at a provider, without the function's own reading of tags. */
final class ObservedTags {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";
  private static final Pattern KEY = Pattern.compile(CLAIM + "([0-9a-f]{32})/[A-Za-z0-9_-]+");

  private ObservedTags() {}

  static Set<String> claims(Entry entry) {
    Set<String> claims = new HashSet<>();
    for (String key : entry.tags().keySet()) {
      if (key.startsWith(CLAIM)) {
        claims.add(claimOf(key));
      }
    }
    return claims;
  }

  /** The id of a resource, or all of an odd key: the claim of somebody unknown. */
  private static String claimOf(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches() ? matcher.group(1) : key;
  }

  static boolean isClaim(String key) {
    return key.startsWith(CLAIM);
  }

  /** The keys of the tags that record a claim. */
  static Set<String> claimKeys(Entry entry, String id) {
    Set<String> keys = new HashSet<>(entry.tags().keySet());
    keys.removeIf(key -> !isClaim(key) || !claimOf(key).equals(id));
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
