package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the issuer that a template means. */
public final class IssuerResolver {

  /** A cluster takes minutes to get ready: asking more often tells nothing sooner. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  private static final Pattern VERSION = Pattern.compile("1\\.([0-9]+).*");
  private static final int FIRST_MINOR_WITH_ISSUER = 13;

  private final Clusters clusters;

  public IssuerResolver(Clusters clusters) {
    this.clusters = requireNonNull(clusters, "clusters is null");
  }

  /**
   * The issuer, waiting for a cluster that does not have it yet.
   *
   * @throws RequestFailedException if there is none and there will be none, or not in time
   */
  public Issuer resolve(IssuerSource target, RequestContext context) {
    return switch (target) {
      case IssuerSource.OfUrl(Issuer issuer) -> issuer;
      case IssuerSource.OfCluster cluster -> resolve(cluster, context);
    };
  }

  private Issuer resolve(IssuerSource.OfCluster target, RequestContext context) {
    Backoff backoff = new Backoff(context, FIRST_PAUSE, MAX_PAUSE);
    context.reportProgress(
        "describing the EKS cluster " + target.name() + " in " + target.region());
    for (boolean told = false; ; ) {
      Optional<Cluster> cluster = clusters.find(target.name(), target.region());
      Optional<Issuer> issuer = issuerOf(target, cluster);
      if (issuer.isPresent()) {
        return issuer.get();
      }
      String status = cluster.orElseThrow().status();
      context.reportProgress(
          "waiting for the EKS cluster %s in %s, whose status is %s, to have an issuer"
              .formatted(target.name(), target.region(), status));
      if (!told) {
        context.logDecision("wait for the cluster's issuer", Map.of("cluster", target.name()));
        told = true;
      }
      try {
        backoff.pause();
      } catch (DeadlineExceededException e) {
        throw new RequestFailedException(
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
   * @throws RequestFailedException if that can't be found out
   */
  public Optional<Issuer> now(IssuerSource target) {
    return switch (target) {
      case IssuerSource.OfUrl(Issuer issuer) -> Optional.of(issuer);
      case IssuerSource.OfCluster(String name, String region) ->
          clusters.find(name, region).flatMap(Cluster::issuer);
    };
  }

  /** The issuer; empty if it is worth waiting for. */
  public static Optional<Issuer> issuerOf(IssuerSource.OfCluster target, Optional<Cluster> found) {
    String name = "The EKS cluster " + target.name() + " in " + target.region();
    if (found.isEmpty()) {
      throw new RequestFailedException(
          ("There is no EKS cluster %s in %s. Check ClusterName and ClusterRegion; for a cluster of"
                  + " another account give its issuer as Url.")
              .formatted(target.name(), target.region()));
    }
    Cluster cluster = found.get();
    return switch (cluster.status()) {
      case "DELETING" ->
          throw new RequestFailedException(
              name + " is being deleted: its issuer is going with it.");
      case "FAILED" ->
          throw new RequestFailedException(
              name + " has the status FAILED. Create it anew, then this resource.");
      default -> {
        if (cluster.issuer().isEmpty() && isTooOld(cluster.version())) {
          throw new RequestFailedException(
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
