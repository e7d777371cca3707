package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Finds out whether the clusters of issuers still exist. Each Region is listed once. */
final class ClusterLookup {

  /** How much older than the list of clusters a provider must be, if the list lacks its cluster. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /** eksctl creates providers in the cluster's own account, and names the cluster in this tag. */
  private static final String EKSCTL_CLUSTER = "alpha.eksctl.io/cluster-name";

  private final Clusters clusters;
  private final Inventory inventory;
  private final Calls calls;
  private final RequestContext context;
  private final Map<String, Listing> listings = new ConcurrentHashMap<>();

  /**
   * The clusters of a Region.
   *
   * @param byIssuer their names by their issuers' URLs
   * @param problem why the list is not complete; empty if it is
   */
  private record Listing(Instant at, Map<String, String> byIssuer, Optional<String> problem) {}

  ClusterLookup(Clusters clusters, Inventory inventory, Calls calls, RequestContext context) {
    this.clusters = requireNonNull(clusters, "clusters is null");
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.calls = requireNonNull(calls, "calls is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Describes all clusters of a Region. */
  void load(String region) {
    Instant at = context.now();
    Map<String, String> byIssuer = new HashMap<>();
    Optional<String> problem = Optional.empty();
    try {
      List<String> names = calls.eks(() -> inventory.clusters(region));
      Function<String, Optional<Clusters.Cluster>> describe =
          name -> calls.eks(() -> clusters.find(name, region));
      Map<String, Optional<Clusters.Cluster>> found = calls.all(names, describe);
      found.forEach(
          (name, cluster) ->
              cluster
                  .flatMap(Clusters.Cluster::issuer)
                  .map(Issuer::url)
                  .ifPresent(url -> byIssuer.put(url, name)));
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException e) {
      problem = Optional.of(e.getMessage());
    }
    listings.put(region, new Listing(at, byIssuer, problem));
  }

  /** Whether the cluster of a provider exists. The Region must have been loaded. */
  Existence of(EksIssuer issuer, Provider provider) {
    Listing listing = listings.get(issuer.region());
    String name = listing.byIssuer().get(issuer.classicUrl());
    if (name != null) {
      return new Existence.Exists(issuer.region() + "/" + name);
    }
    if (listing.problem().isPresent()) {
      return new Existence.Unknown(listing.problem().get());
    }
    Optional<String> recorded = recordedCluster(issuer, provider, context.now());
    if (recorded.isEmpty()) {
      return new Existence.Unknown(
          "No cluster of this account in %s has the issuer. The cluster may be in another account."
              .formatted(issuer.region()));
    }
    if (provider.created().plus(MARGIN).isAfter(listing.at())) {
      return new Existence.Unknown(
          "The provider is too new to be compared with the list of clusters. Repeat the audit later.");
    }
    return new Existence.Gone(
        "No cluster of this account has the issuer any more. It was the issuer of %s."
            .formatted(recorded.get()),
        listing.at(),
        false);
  }

  /** The cluster of this account whose issuer this certainly is or was. */
  private static Optional<String> recordedCluster(
      EksIssuer issuer, Provider provider, Instant readAt) {
    Ownership ownership = new Ownership(provider, readAt);
    return ownership.claims().values().stream()
        .flatMap(record -> record.cluster().stream())
        .findFirst()
        .or(() -> ownership.takenOverBy().flatMap(ClaimRecord::cluster))
        .or(
            () ->
                Optional.ofNullable(provider.tags().get(EKSCTL_CLUSTER))
                    .map(name -> issuer.region() + "/" + name));
  }
}
