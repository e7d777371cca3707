package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Clusters.Cluster;
import io.github.eksoidc.provider.ProviderProperties.Target;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Run;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the issuer that a template means. */
final class IssuerLookup {

  /** A cluster takes minutes to get ready: asking more often tells nothing sooner. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final Pattern VERSION = Pattern.compile("1\\.([0-9]+).*");
  private static final int FIRST_MINOR_WITH_ISSUER = 13;

  private final Clusters clusters;

  IssuerLookup(Clusters clusters) {
    this.clusters = requireNonNull(clusters, "clusters is null");
  }

  /**
   * The issuer, waiting for a cluster that does not have it yet.
   *
   * @throws Refusal if there is none and there will be none, or not in time
   */
  Issuer await(Target target, Run run) {
    return switch (target) {
      case Target.OfUrl(Issuer issuer) -> issuer;
      case Target.OfCluster cluster -> await(cluster, run);
    };
  }

  private Issuer await(Target.OfCluster target, Run run) {
    Pauses pauses = new Pauses(run, FIRST_PAUSE, LONGEST_PAUSE);
    run.doing("describing the EKS cluster " + target.name() + " in " + target.region());
    for (boolean told = false; ; ) {
      Optional<Cluster> cluster = clusters.find(target.name(), target.region());
      Optional<Issuer> issuer = issuerOf(target, cluster);
      if (issuer.isPresent()) {
        return issuer.get();
      }
      String status = cluster.orElseThrow().status();
      run.doing(
          "waiting for the EKS cluster %s in %s, whose status is %s, to have an issuer"
              .formatted(target.name(), target.region(), status));
      if (!told) {
        run.decided("wait for the cluster's issuer", Map.of("cluster", target.name()));
        told = true;
      }
      try {
        pauses.pause();
      } catch (OutOfTime e) {
        throw new Refusal(
            ("The EKS cluster %s in %s is still %s and has no issuer yet, and the time is up. Create"
                    + " this resource after the cluster (DependsOn or Ref), or give the function a"
                    + " longer timeout.")
                .formatted(target.name(), target.region(), status),
            e);
      }
    }
  }

  /**
   * The issuer as it is known now, without waiting; empty if there is no such cluster, or it has
   * none.
   *
   * @throws Refusal if that can't be found out
   */
  Optional<Issuer> now(Target target) {
    return switch (target) {
      case Target.OfUrl(Issuer issuer) -> Optional.of(issuer);
      case Target.OfCluster(String name, String region) ->
          clusters.find(name, region).flatMap(Cluster::issuer);
    };
  }

  /** The issuer; empty if it is worth waiting for. */
  static Optional<Issuer> issuerOf(Target.OfCluster target, Optional<Cluster> found) {
    String name = "The EKS cluster " + target.name() + " in " + target.region();
    if (found.isEmpty()) {
      throw new Refusal(
          ("There is no EKS cluster %s in %s. Check ClusterName and ClusterRegion; for a cluster of"
                  + " another account give its issuer as Url.")
              .formatted(target.name(), target.region()));
    }
    Cluster cluster = found.get();
    return switch (cluster.status()) {
      case "DELETING" ->
          throw new Refusal(name + " is being deleted: its issuer is going with it.");
      case "FAILED" ->
          throw new Refusal(name + " has the status FAILED. Create it anew, then this resource.");
      default -> {
        if (cluster.issuer().isEmpty() && isTooOld(cluster.version())) {
          throw new Refusal(
              ("%s runs Kubernetes %s, which has no OIDC issuer: clusters have one from 1.13 on."
                      + " Update the cluster first.")
                  .formatted(name, cluster.version()));
        }
        yield cluster.issuer();
      }
    };
  }

  private static boolean isTooOld(String version) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches()
        && matcher.group(1).length() < 4
        && Integer.parseInt(matcher.group(1)) < FIRST_MINOR_WITH_ISSUER;
  }
}
