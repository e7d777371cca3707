package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * What a template asks a provider to be.
 *
 * @param audiences without repetition, in the template's order
 * @param thumbprints in lower case; empty leaves them to IAM
 * @param tags by key
 */
public record Asked(
    List<String> audiences, Optional<List<String>> thumbprints, NavigableMap<String, String> tags) {

  public Asked {
    audiences = List.copyOf(audiences);
    requireNonNull(thumbprints, "thumbprints is null");
    thumbprints = thumbprints.map(List::copyOf);
    tags = Tags.copyOf(tags);
  }

  /** The tags that a new provider gets: those asked for, the managed mark, and the claim. */
  public Map<String, String> tagsOfNew(Claim claim) {
    Map<String, String> all = Tags.copyOf(tags);
    all.put(Tags.MANAGED, "true");
    all.put(Tags.CLAIM + claim.id(), claim.owner());
    return all;
  }
}
