package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds out whether the clusters of issuers still exist. Each Region is listed once. */
final class ClusterLookup {

  /** How much older than the list of clusters a provider must be, if the list lacks its cluster. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /** eksctl creates providers in the cluster's own account, and names the cluster in this tag. */
  private static final String EKSCTL_CLUSTER = "alpha.eksctl.io/cluster-name";

  private final Clusters clusters;
  private final Inventory inventory;
  private final Calls calls;
  private final Map<String, Region> regions = new ConcurrentHashMap<>();

  /**
   * The clusters of a Region.
   *
   * @param byIssuer their names by their issuers' URLs
   * @param unread what could not be read; without it the list is complete
   */
  private record Region(Listing<String> names, Map<String, String> byIssuer, List<Unread> unread) {}

  /** What EKS says about a cluster, or why it does not. */
  private record Described(Optional<String> issuer, Optional<String> failure) {}

  ClusterLookup(Clusters clusters, Inventory inventory, Calls calls) {
    this.clusters = requireNonNull(clusters, "clusters is null");
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.calls = requireNonNull(calls, "calls is null");
  }

  /** Describes all clusters of Regions, each Region once. */
  void load(Collection<String> names) {
    calls
        .all(names.stream().filter(name -> !regions.containsKey(name)).toList(), this::read)
        .forEach(regions::put);
  }

  private Region read(String region) {
    Listing<String> names = calls.eksList(from -> inventory.clusters(region, from));
    Map<String, Unread> unread = new LinkedHashMap<>();
    names
        .failure()
        .ifPresent(
            failure ->
                unread.put("", new Unread("the clusters in " + region, failure.getMessage())));
    Map<String, String> byIssuer = new HashMap<>();
    calls
        .all(names.members(), name -> describe(name, region))
        .forEach(
            (name, described) -> {
              described.issuer().ifPresent(url -> byIssuer.put(url, name));
              described
                  .failure()
                  .ifPresent(
                      reason ->
                          unread.put(
                              name, new Unread("cluster %s/%s".formatted(region, name), reason)));
            });
    return new Region(names, byIssuer, List.copyOf(unread.values()));
  }

  private Described describe(String name, String region) {
    try {
      Optional<Clusters.Cluster> cluster = calls.eks(() -> clusters.find(name, region));
      return new Described(
          cluster.flatMap(Clusters.Cluster::issuer).map(Issuer::url), Optional.empty());
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException e) {
      return new Described(Optional.empty(), Optional.of(e.getMessage()));
    }
  }

  /** What could not be read. */
  List<Unread> unread() {
    return regions.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(region -> region.getValue().unread().stream())
        .toList();
  }

  /**
   * Whether the cluster of a provider exists.
   *
   * @param provider empty if it does not exist
   */
  Existence of(EksIssuer issuer, Optional<Ownership> provider) {
    Region region = regions.get(issuer.region());
    if (region == null) {
      return new Existence.Unknown(
          "The clusters in %s have not been listed.".formatted(issuer.region()));
    }
    String name = region.byIssuer().get(issuer.classicUrl());
    if (name != null) {
      return new Existence.Exists(issuer.region() + "/" + name);
    }
    if (!region.unread().isEmpty()) {
      return new Existence.Unknown(region.unread().getFirst().reason());
    }
    Optional<String> recorded = provider.flatMap(shown -> recordedCluster(issuer, shown));
    if (recorded.isEmpty()) {
      return new Existence.Unknown(
          "No cluster of this account in %s has the issuer. The cluster may be in another account."
              .formatted(issuer.region()));
    }
    if (provider.get().provider().created().isAfter(region.names().at().minus(MARGIN))) {
      return new Existence.Unknown(
          "The provider is too new to be compared with the list of clusters. Repeat the audit later.");
    }
    return new Existence.Gone(
        "No cluster of this account has the issuer any more. It was the issuer of %s."
            .formatted(recorded.get()),
        region.names().at(),
        false);
  }

  /** The cluster of this account whose issuer this certainly is or was. */
  private static Optional<String> recordedCluster(EksIssuer issuer, Ownership ownership) {
    return ownership.claims().values().stream()
        .flatMap(claim -> claim.cluster().stream())
        .findFirst()
        .or(() -> ownership.takenOverBy().flatMap(Claim::cluster))
        .or(
            () ->
                Optional.ofNullable(ownership.provider().tags().get(EKSCTL_CLUSTER))
                    .map(name -> issuer.region() + "/" + name));
  }
}
