package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.provider.ProviderArn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * One provider of an EKS issuer.
 *
 * @param ownership {@code Created}, {@code TakenOver}, {@code Adopted}, or {@code Foreign} for a
 *     provider that the function neither manages nor claims
 * @param claims by their ids
 */
public record ProviderReport(
    ProviderArn arn,
    String ownership,
    List<String> audiences,
    Existence cluster,
    SequencedMap<String, Claimed> claims,
    List<Finding> findings) {

  /** A claim and whether its resource exists. */
  public record Claimed(ClaimRecord record, Existence resource) {}

  public ProviderReport {
    requireNonNull(arn, "arn is null");
    requireNonNull(ownership, "ownership is null");
    audiences = List.copyOf(audiences);
    requireNonNull(cluster, "cluster is null");
    claims = new LinkedHashMap<>(claims);
    findings = List.copyOf(findings);
  }

  /** How many things about it can't be known. */
  long unknowns() {
    return claims.values().stream().filter(c -> c.resource() instanceof Existence.Unknown).count()
        + (cluster instanceof Existence.Unknown ? 1 : 0);
  }

  /** As strings, lists and maps of these. */
  public SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("arn", arn.toString());
    map.put("ownership", ownership);
    map.put("audiences", audiences);
    map.put("cluster", toMap(cluster));
    List<Map<String, Object>> claimList = new ArrayList<>();
    claims.forEach(
        (id, claim) -> {
          SequencedMap<String, Object> entry = new LinkedHashMap<>();
          entry.put("id", id);
          entry.put("owner", claim.record().owner());
          entry.put("writtenAt", Objects.toString(claim.record().at()));
          entry.put("resource", toMap(claim.resource()));
          claimList.add(entry);
        });
    map.put("claims", claimList);
    map.put(
        "findings",
        findings.stream()
            .map(
                finding -> {
                  SequencedMap<String, Object> entry = new LinkedHashMap<>();
                  entry.put("kind", finding.kind().text());
                  entry.put("detail", finding.detail());
                  return entry;
                })
            .toList());
    return map;
  }

  private static SequencedMap<String, Object> toMap(Existence existence) {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("state", existence.text());
    map.put("detail", existence.detail());
    return map;
  }
}
