package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.FunctionLocation;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The result of an audit.
 *
 * @param total how many OIDC providers of any kind the account has
 * @param quota how many it can have
 * @param providers those of EKS issuers, and those that stacks rely on and that do not exist
 * @param unread what could not be read
 */
public record Report(
    Instant at,
    FunctionLocation location,
    int total,
    int quota,
    List<ProviderReport> providers,
    List<Unread> unread) {

  private static final double HUNDRED = 100;

  public Report {
    requireNonNull(at, "at is null");
    requireNonNull(location, "location is null");
    // Those with findings first, the most urgent before the others.
    providers =
        providers.stream().sorted(Comparator.comparingInt(ProviderReport::urgency)).toList();
    unread = List.copyOf(unread);
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

  /**
   * How many clusters and resources there are of which nobody knows whether they exist, and how
   * many things could not be read.
   */
  public long unknowns() {
    return providers.stream().mapToLong(ProviderReport::unknowns).sum() + unread.size();
  }

  /** How much of the quota is used, in percent. */
  public double quotaPercent() {
    return Math.round(total * HUNDRED * 10 / quota) / 10.0;
  }

  /** How many providers of EKS issuers were read. */
  private long eksProviders() {
    return providers.stream()
        .filter(provider -> !provider.ownership().equals(Assessment.MISSING))
        .count();
  }

  /** The numbers, as strings, numbers and maps of these. */
  public SequencedMap<String, Object> totals() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("Providers", total);
    map.put("EksProviders", eksProviders());
    map.put("Quota", quota);
    map.put("QuotaPercent", quotaPercent());
    map.put("Unknown", unknowns());
    SequencedMap<String, Object> counts = new LinkedHashMap<>();
    findings().forEach((kind, count) -> counts.put(kind.text(), count));
    map.put("Findings", counts);
    return map;
  }

  /** As strings, numbers, lists and maps of these. */
  public SequencedMap<String, Object> toMap() {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("Account", location.account());
    map.put("At", at.toString());
    map.put("Totals", totals());
    map.put("Providers", providers.stream().map(ProviderReport::toMap).toList());
    map.put("NotRead", unread.stream().map(Unread::toMap).toList());
    return map;
  }
}
