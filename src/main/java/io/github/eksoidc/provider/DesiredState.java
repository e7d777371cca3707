package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * The desired state of a provider, from a template.
 *
 * @param audiences each once, in the template's order
 * @param thumbprints in lower case; empty leaves them to IAM
 * @param tags by key
 */
public record DesiredState(
    List<String> audiences, Optional<List<String>> thumbprints, NavigableMap<String, String> tags) {

  public DesiredState {
    audiences = List.copyOf(audiences);
    requireNonNull(thumbprints, "thumbprints is null");
    thumbprints = thumbprints.map(List::copyOf);
    tags = ProviderTags.copyOf(tags);
  }
}
