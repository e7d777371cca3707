package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.provider.ProviderArn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * One provider of an EKS issuer.
 *
 * @param ownership {@code Created}, {@code TakenOver}, {@code Adopted}, {@code Foreign} for a
 *     provider that the function neither manages nor claims, or {@code Missing} for one that does
 *     not exist
 * @param claims by their ids
 * @param oddClaims the keys of tags that keep the provider like a claim, and that the function did
 *     not write
 * @param usedBy the stacks' resources that have the provider
 */
public record ProviderReport(
    ProviderArn arn,
    String ownership,
    List<String> audiences,
    Existence cluster,
    SequencedMap<String, Claimed> claims,
    Set<String> oddClaims,
    List<StackResource> usedBy,
    List<Finding> findings) {

  private static final Existence ODD =
      new Existence.Unknown(
          "The function did not write this tag, so it does not know whose it is.");

  /** A claim and whether its resource exists. */
  public record Claimed(Claim claim, Existence resource) {}

  public ProviderReport {
    requireNonNull(arn, "arn is null");
    requireNonNull(ownership, "ownership is null");
    audiences = List.copyOf(audiences);
    requireNonNull(cluster, "cluster is null");
    claims = new LinkedHashMap<>(claims);
    oddClaims = new TreeSet<>(oddClaims);
    usedBy = List.copyOf(usedBy);
    findings = List.copyOf(findings);
  }

  /** How many things about it can't be known. */
  long unknowns() {
    return claims.values().stream().filter(c -> c.resource() instanceof Existence.Unknown).count()
        + oddClaims.size()
        + (cluster instanceof Existence.Unknown ? 1 : 0);
  }

  /** The position of its most urgent finding; greater than any of them if it has none. */
  int urgency() {
    return findings.stream()
        .map(Finding::kind)
        .min(FindingKind::compareTo)
        .map(List.of(FindingKind.values())::indexOf)
        .orElse(FindingKind.values().length);
  }

  /** As strings, lists and maps of these. Members of an event are named as in the event. */
  public SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("ProviderArn", arn.toString());
    map.put("Ownership", ownership);
    map.put("Audiences", audiences);
    map.put("Cluster", toMap(cluster));
    List<Map<String, Object>> claimList = new ArrayList<>();
    claims.forEach(
        (id, claimed) -> {
          SequencedMap<String, Object> entry = new LinkedHashMap<>();
          entry.put("Claim", id);
          entry.put("Owner", claimed.claim().owner());
          entry.put("WrittenAt", claimed.claim().writtenAt().toString());
          entry.put("Resource", toMap(claimed.resource()));
          claimList.add(entry);
        });
    for (String key : oddClaims) {
      SequencedMap<String, Object> entry = new LinkedHashMap<>();
      entry.put("Tag", key);
      entry.put("Resource", toMap(ODD));
      claimList.add(entry);
    }
    map.put("Claims", claimList);
    map.put("UsedBy", usedBy.stream().map(StackResource::toMap).toList());
    map.put("Findings", findings.stream().map(finding -> finding.toMap(arn)).toList());
    return map;
  }

  private static SequencedMap<String, Object> toMap(Existence existence) {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("State", existence.text());
    map.put("Detail", existence.detail());
    return map;
  }
}
