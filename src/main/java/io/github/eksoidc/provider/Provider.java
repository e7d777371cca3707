package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;

/**
 * A provider as IAM shows it at one moment, with what the tags on it say of who uses it.
 *
 * @param created when it was made: another time means another provider of the same ARN
 * @param audiences its client ids
 * @param thumbprints of the issuer's certificate, as stored
 * @param tags all of them, ours included; keys compared without case
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

  /** How many more tags it can hold. */
  public int freeTags() {
    return ProviderTags.MAX_COUNT - tags.size();
  }
}
