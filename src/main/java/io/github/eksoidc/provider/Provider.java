package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * A provider as IAM shows it at one moment.
 *
 * @param created the time of creation, which tells it from another provider with the same ARN
 * @param audiences its client IDs
 * @param thumbprints of the issuer's certificate, as stored
 * @param tags all tags; keys are compared exactly
 */
public record Provider(
    Instant created,
    List<String> audiences,
    List<String> thumbprints,
    NavigableMap<String, String> tags) {

  public Provider {
    requireNonNull(created, "created is null");
    audiences = List.copyOf(audiences);
    thumbprints = List.copyOf(thumbprints);
    tags = ProviderTags.copyOf(tags);
  }

  /** The same provider after a change. */
  public Provider after(Change change) {
    List<String> changedAudiences = new ArrayList<>(audiences);
    List<String> changedThumbprints = thumbprints;
    NavigableMap<String, String> changedTags = ProviderTags.copyOf(tags);
    switch (change) {
      case Change.AddAudience(String audience) -> {
        changedAudiences.remove(audience);
        changedAudiences.add(audience);
      }
      case Change.RemoveAudience(String audience) -> changedAudiences.remove(audience);
      case Change.ReplaceThumbprints(List<String> others) -> changedThumbprints = others;
      case Change.PutTags(var put) -> changedTags.putAll(put);
      case Change.RemoveTags(var keys) -> changedTags.keySet().removeAll(keys);
    }
    return new Provider(created, changedAudiences, changedThumbprints, changedTags);
  }

  /** How many more tags IAM allows on it. */
  public int freeTags() {
    return ProviderTags.MAX_COUNT - tags.size();
  }
}
