package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Something that needs the attention of a person.
 *
 * @param detail one or two sentences
 * @param resource the stack's resource that it is about, if it is about one
 * @param claim the id of the claim that it is about, if it is about one
 * @param isReleasable whether a release is what to do about it
 */
public record Finding(
    FindingKind kind,
    String detail,
    Optional<StackResource> resource,
    Optional<String> claim,
    boolean isReleasable) {

  public Finding {
    requireNonNull(kind, "kind is null");
    requireNonNull(detail, "detail is null");
    requireNonNull(resource, "resource is null");
    requireNonNull(claim, "claim is null");
  }

  /** A finding about the provider as a whole. */
  static Finding of(FindingKind kind, String detail) {
    return new Finding(kind, detail, Optional.empty(), Optional.empty(), false);
  }

  /** As strings and maps of these, with the event of the release if that is what to do. */
  public SequencedMap<String, Object> toMap(ProviderArn arn) {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("Kind", kind.text());
    map.put("Detail", detail);
    resource.ifPresent(
        r -> {
          map.put("StackId", r.stack().id());
          map.put("LogicalResourceId", r.logicalId());
        });
    claim.ifPresent(id -> map.put("Claim", id));
    if (isReleasable) {
      SequencedMap<String, Object> event = new LinkedHashMap<>();
      event.put("Audit", "Release");
      event.put("ProviderArn", arn.toString());
      claim.ifPresent(id -> event.put("Claim", id));
      map.put("Release", event);
    }
    return map;
  }
}
