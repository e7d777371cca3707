package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.ProviderReport.Claimed;
import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Reads the account's OIDC providers, clusters and stacks, and reports what needs the attention of
 * a person. Changes nothing.
 *
 * <p>A finding holds although reads of IAM may lag behind its writes: a provider that may be
 * changing is read once more after the longest lag.
 */
public final class Audit {

  /**
   * How long after its expiry a lease can't be that of a request at work, lagging reads included.
   */
  private static final Duration DEAD_AFTER = Duration.ofMinutes(1);

  private final Providers providers;
  private final Clusters clusters;
  private final Inventory inventory;
  private final RequestContext context;

  /**
   * What one read has shown.
   *
   * @param asOf the read is certain if it is later than this by the longest lag; empty if this read
   *     is certain
   */
  private record Seen(ProviderReport report, Optional<Instant> asOf) {}

  public Audit(
      Providers providers, Clusters clusters, Inventory inventory, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.clusters = requireNonNull(clusters, "clusters is null");
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.context = requireNonNull(context, "context is null");
  }

  /**
   * Runs the audit.
   *
   * @param quota how many OIDC providers the account can have
   * @throws io.github.eksoidc.resource.RequestFailedException if the providers can't be read
   */
  public Report run(int quota) {
    context.reportProgress("listing the account's OIDC providers");
    Instant startedAt = context.now();
    List<ProviderArn> all = providers.list();
    SequencedMap<ProviderArn, EksIssuer> eks = new LinkedHashMap<>();
    for (ProviderArn arn : all) {
      EksIssuer.parse(arn.issuer()).ifPresent(issuer -> eks.put(arn, issuer));
    }
    try (Calls calls = new Calls(context)) {
      context.reportProgress("auditing %d OIDC providers".formatted(eks.size()));
      ClusterLookup clusterLookup = new ClusterLookup(clusters, inventory, calls, context);
      StackLookup stackLookup = new StackLookup(inventory, calls, context);
      Set<String> regions = new TreeSet<>();
      eks.values().forEach(issuer -> regions.add(issuer.region()));
      Map<String, Future<?>> loading = new LinkedHashMap<>();
      for (String region : regions) {
        loading.put(
            region,
            calls.start(
                () -> {
                  clusterLookup.load(region);
                  return region;
                }));
      }
      Function<ProviderArn, Optional<Read>> read =
          arn -> {
            Instant at = context.now();
            return calls
                .iam(() -> providers.find(arn))
                .map(provider -> new Read(at, provider, claims(provider, stackLookup)));
          };
      Map<ProviderArn, Optional<Read>> reads = calls.all(eks.keySet(), read);
      loading.values().forEach(Calls::await);
      Evaluation evaluation =
          (arn, seen) ->
              evaluate(arn, eks.get(arn), seen, clusterLookup.of(eks.get(arn), seen.provider()));
      Map<ProviderArn, Seen> seen = new LinkedHashMap<>();
      reads.forEach((arn, r) -> r.ifPresent(shown -> seen.put(arn, evaluation.of(arn, shown))));
      readAgain(seen, calls, read, evaluation);
      return new Report(
          startedAt,
          context.location(),
          all.size(),
          quota,
          seen.values().stream().map(Seen::report).toList());
    }
  }

  /** What a read at a time has shown, and whether the resources of its claims exist. */
  private record Read(Instant at, Provider provider, SequencedMap<String, Claimed> claims) {}

  /** Finds what needs the attention of a person. */
  @FunctionalInterface
  private interface Evaluation {
    Seen of(ProviderArn arn, Read read);
  }

  /** Reads those providers again whose state may have changed since a lagging read. */
  private void readAgain(
      Map<ProviderArn, Seen> seen,
      Calls calls,
      Function<ProviderArn, Optional<Read>> read,
      Evaluation evaluation) {
    SequencedMap<ProviderArn, Instant> uncertain = new LinkedHashMap<>();
    seen.forEach((arn, result) -> result.asOf().ifPresent(asOf -> uncertain.put(arn, asOf)));
    Optional<Instant> last = uncertain.values().stream().max(Instant::compareTo);
    if (last.isEmpty()) {
      return;
    }
    context.reportProgress("reading %d OIDC providers again".formatted(uncertain.size()));
    Duration wait = Duration.between(context.now(), last.get().plus(Providers.MAX_LAG));
    if (wait.isPositive()) {
      context.sleep(wait);
    }
    calls
        .all(uncertain.keySet(), read)
        .forEach(
            (arn, again) ->
                again.ifPresentOrElse(
                    shown -> seen.put(arn, evaluation.of(arn, shown)), () -> seen.remove(arn)));
  }

  private SequencedMap<String, Claimed> claims(Provider provider, StackLookup stacks) {
    SequencedMap<String, Claimed> claims = new LinkedHashMap<>();
    new Ownership(provider, context.now())
        .claims()
        .forEach((id, record) -> claims.put(id, new Claimed(record, stacks.of(id, record))));
    return claims;
  }

  private Seen evaluate(ProviderArn arn, EksIssuer issuer, Read read, Existence cluster) {
    Provider provider = read.provider();
    SequencedMap<String, Claimed> claims = read.claims();
    Instant readAt = read.at();
    Ownership ownership = new Ownership(provider, readAt);
    List<Finding> findings = new ArrayList<>();
    Set<Instant> asOf = new LinkedHashSet<>();
    if (cluster.isGone()) {
      findings.add(new Finding(FindingKind.CLUSTER_GONE, cluster.detail()));
    }
    claims.forEach(
        (id, claim) -> {
          if (claim.resource() instanceof Existence.Gone(String detail, Instant goneAt, _)) {
            findings.add(
                new Finding(
                    FindingKind.STALE_CLAIM,
                    "Claim %s of %s is stale: %s".formatted(id, claim.record().owner(), detail)));
            if (readAt.isBefore(goneAt.plus(Providers.MAX_LAG))) {
              asOf.add(goneAt);
            }
          }
        });
    Set<String> dead = deadLeases(ownership, readAt);
    if (!dead.isEmpty()) {
      findings.add(
          new Finding(
              FindingKind.DEAD_REMOVAL,
              "A request that was about to remove something ended without removing its lease: %s."
                  .formatted(String.join(", ", dead))));
    }
    if (ownership.isAbandoned() && dead.containsAll(leases(ownership, readAt))) {
      findings.add(
          new Finding(
              FindingKind.UNCLAIMED, "The provider is managed, and no resource claims it."));
      asOf.add(readAt);
    }
    if (!claims.isEmpty() && !provider.audiences().contains(Audiences.DEFAULT)) {
      findings.add(
          new Finding(
              FindingKind.NO_DEFAULT_AUDIENCE,
              "The provider does not have the audience %s.".formatted(Audiences.DEFAULT)));
    }
    if (issuer.isDualStack()) {
      findings.add(
          new Finding(
              FindingKind.DUAL_STACK_ISSUER,
              "No token matches this provider: tokens have the issuer %s."
                  .formatted(issuer.classicUrl())));
    }
    return new Seen(
        new ProviderReport(
            arn, ownershipOf(ownership), provider.audiences(), cluster, claims, findings),
        asOf.stream().max(Instant::compareTo));
  }

  private static Set<String> leases(Ownership ownership, Instant now) {
    Set<String> all = new TreeSet<>(ownership.activeLeases(now));
    all.addAll(ownership.expiredLeases(now));
    return all;
  }

  /** The leases that expired long ago. */
  private static Set<String> deadLeases(Ownership ownership, Instant now) {
    return ownership.expiredLeases(now.minus(DEAD_AFTER));
  }

  private static String ownershipOf(Ownership ownership) {
    if (ownership.isManaged()) {
      return ownership.isTakenOver() ? "TakenOver" : "Created";
    }
    return ownership.isUnclaimed() ? "Foreign" : "Adopted";
  }
}
