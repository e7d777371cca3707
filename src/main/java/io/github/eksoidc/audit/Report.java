package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.FunctionLocation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The result of an audit.
 *
 * @param total how many OIDC providers of any kind the account has
 * @param quota how many it can have
 * @param providers those of EKS issuers
 */
public record Report(
    Instant at, FunctionLocation location, int total, int quota, List<ProviderReport> providers) {

  private static final double HUNDRED = 100;

  public Report {
    requireNonNull(at, "at is null");
    requireNonNull(location, "location is null");
    providers = List.copyOf(providers);
  }

  /** How many findings there are of each kind, in the order of the kinds. */
  public SequencedMap<FindingKind, Long> findings() {
    SequencedMap<FindingKind, Long> counts = new LinkedHashMap<>();
    for (FindingKind kind : FindingKind.values()) {
      counts.put(
          kind,
          providers.stream()
              .flatMap(provider -> provider.findings().stream())
              .filter(finding -> finding.kind() == kind)
              .count());
    }
    return counts;
  }

  /** How many findings there are. */
  public long totalFindings() {
    return findings().values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many clusters and resources there are of which nobody knows whether they exist. */
  public long unknowns() {
    return providers.stream().mapToLong(ProviderReport::unknowns).sum();
  }

  /** How much of the quota is used, in percent. */
  public double quotaPercent() {
    return Math.round(total * HUNDRED * 10 / quota) / 10.0;
  }

  /** The numbers, as strings, numbers and maps of these. */
  public SequencedMap<String, Object> totals() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("providers", total);
    map.put("eksProviders", providers.size());
    map.put("quota", quota);
    map.put("quotaPercent", quotaPercent());
    map.put("unknown", unknowns());
    SequencedMap<String, Object> counts = new LinkedHashMap<>();
    findings().forEach((kind, count) -> counts.put(kind.text(), count));
    map.put("findings", counts);
    return map;
  }

  /** As strings, numbers, lists and maps of these. */
  public SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("account", location.account());
    map.put("at", at.toString());
    map.put("totals", totals());
    map.put("providers", providers.stream().map(ProviderReport::toMap).toList());
    return map;
  }
}
