package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.ProviderLookup.Read;
import io.github.eksoidc.audit.ProviderReport.Claimed;
import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Reads the account's OIDC providers, clusters and stacks, and reports what needs the attention of
 * a person: what stacks rely on and what is not there, and what is there and nobody needs. Changes
 * nothing.
 *
 * <p>What can't be read is part of the report. A finding holds although reads of IAM may lag behind
 * its writes, and although stacks change while they are listed: what it depends on is read once
 * more after the longest lag.
 */
public final class Audit {

  private final Providers providers;
  private final Clusters clusters;
  private final Inventory inventory;
  private final RequestContext context;

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
   * @throws io.github.eksoidc.resource.RequestFailedException if the providers can't be listed
   */
  public Report run(int quota) {
    context.reportProgress("listing the account's OIDC providers");
    try (Calls calls = new Calls(context)) {
      return new Run(calls).report(quota);
    }
  }

  /** The Regions of the function and of issuers. */
  static Set<String> regions(RequestContext context, Collection<EksIssuer> issuers) {
    Set<String> regions = regionsOf(issuers);
    regions.add(context.location().region());
    return regions;
  }

  private static Set<String> regionsOf(Collection<EksIssuer> issuers) {
    return issuers.stream().map(EksIssuer::region).collect(Collectors.toCollection(TreeSet::new));
  }

  /** One audit. */
  private final class Run {

    private final Calls calls;
    private final ProviderLookup providerLookup;
    private final ClusterLookup clusterLookup;
    private final StackLookup stackLookup;
    private SequencedMap<ProviderArn, EksIssuer> issuers = new LinkedHashMap<>();

    /** The Regions that have to be enabled: the function's and those that claims name. */
    private final Set<String> expected = new TreeSet<>();

    Run(Calls calls) {
      this.calls = calls;
      providerLookup = new ProviderLookup(providers, calls, context);
      clusterLookup = new ClusterLookup(clusters, inventory, calls);
      stackLookup = new StackLookup(inventory, calls, context);
    }

    Report report(int quota) {
      Instant startedAt = context.now();
      List<ProviderArn> all = providers.list();
      issuers = providerLookup.ofEks(all);
      context.reportProgress("auditing %d OIDC providers".formatted(issuers.size()));
      Set<String> first = regions(context, issuers.values());
      Future<?> stacks = calls.start(() -> stackLookup.load(first));
      Future<?> loadingClusters =
          calls.start(() -> clusterLookup.load(regionsOf(issuers.values())));
      Map<ProviderArn, Read> reads = providerLookup.read(issuers.keySet());
      expected.add(context.location().region());
      expected.addAll(ProviderLookup.regionsOfClaims(reads.values(), inventory));
      stackLookup.load(expected);
      Calls.await(stacks);
      Calls.await(loadingClusters);
      Map<ProviderArn, List<Use>> uses = stackLookup.uses();
      reads.putAll(readUsed(uses.keySet()));
      boolean complete = isComplete();
      Map<ProviderArn, Assessment> assessments = new LinkedHashMap<>();
      reads.forEach((arn, read) -> assessments.put(arn, assess(arn, read, uses, complete)));
      assessAgain(assessments, uses);
      List<Unread> unread = new ArrayList<>(clusterLookup.unread());
      unread.addAll(unread());
      return new Report(
          startedAt,
          context.location(),
          all.size(),
          quota,
          assessments.values().stream().flatMap(a -> a.report().stream()).toList(),
          unread);
    }

    /** Reads those that a stack has and that the list of providers lacks. */
    private Map<ProviderArn, Read> readUsed(Set<ProviderArn> used) {
      SequencedMap<ProviderArn, EksIssuer> others = providerLookup.ofEks(used);
      others.keySet().removeAll(issuers.keySet());
      issuers.putAll(others);
      clusterLookup.load(regionsOf(others.values()));
      return providerLookup.read(others.keySet());
    }

    /** What could not be read of providers and stacks. */
    private List<Unread> unread() {
      List<Unread> unread = new ArrayList<>(providerLookup.unread());
      unread.addAll(stackLookup.unread(expected));
      return unread;
    }

    private boolean isComplete() {
      return unread().isEmpty();
    }

    private Assessment assess(
        ProviderArn arn, Read read, Map<ProviderArn, List<Use>> uses, boolean complete) {
      SequencedMap<String, Claimed> claims = new LinkedHashMap<>();
      read.ownership()
          .ifPresent(
              ownership ->
                  ownership
                      .claims()
                      .forEach(
                          (id, claim) ->
                              claims.put(id, new Claimed(claim, stackLookup.of(id, claim)))));
      return Assessment.of(
          new Assessment.Facts(
              arn,
              issuers.get(arn),
              read.at(),
              read.ownership(),
              clusterLookup.of(issuers.get(arn), read.ownership()),
              claims,
              uses.getOrDefault(arn, List.of()),
              complete));
    }

    /** Reads again what may have changed since a read that may lag, or since a list. */
    private void assessAgain(
        Map<ProviderArn, Assessment> assessments, Map<ProviderArn, List<Use>> uses) {
      SequencedMap<ProviderArn, Instant> uncertain = new LinkedHashMap<>();
      assessments.forEach((arn, a) -> a.asOf().ifPresent(asOf -> uncertain.put(arn, asOf)));
      Optional<Instant> last = uncertain.values().stream().max(Instant::compareTo);
      if (last.isEmpty()) {
        return;
      }
      context.reportProgress("reading %d OIDC providers again".formatted(uncertain.size()));
      Duration wait = Duration.between(context.now(), last.get().plus(Providers.MAX_LAG));
      if (wait.isPositive()) {
        context.sleep(wait);
      }
      Map<ProviderArn, Read> again = providerLookup.read(uncertain.keySet());
      Map<ProviderArn, List<Use>> before = new LinkedHashMap<>(uses);
      before.keySet().retainAll(uncertain.keySet());
      Map<ProviderArn, List<Use>> now = stackLookup.again(before);
      boolean complete = isComplete();
      uncertain
          .keySet()
          .forEach(
              arn -> {
                if (again.containsKey(arn)) {
                  assessments.put(arn, assess(arn, again.get(arn), now, complete));
                } else {
                  assessments.remove(arn);
                }
              });
    }
  }
}
