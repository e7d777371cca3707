package io.github.eksoidc.issuer;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.timing.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the issuer that a template means. */
public final class IssuerResolver {

  /** A cluster takes minutes to get ready: more frequent reads show the issuer no earlier. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  /** An ACTIVE cluster shows its issuer at once; this leaves time for reads that lag. */
  private static final Duration ACTIVE_WITHOUT_ISSUER = Duration.ofMinutes(2);

  private static final Pattern VERSION = Pattern.compile("1\\.([0-9]+).*");
  private static final int FIRST_MINOR_WITH_ISSUER = 13;

  private final Clusters clusters;

  public IssuerResolver(Clusters clusters) {
    this.clusters = requireNonNull(clusters, "clusters is null");
  }

  /**
   * Resolves the issuer. Waits for a cluster that is being created and has no issuer yet.
   *
   * @param stackAccount the account of the stack that the resource is in, if it is known
   * @throws ClusterGoneException if there is no such cluster, or it is being deleted or has failed
   * @throws RequestFailedException if the cluster has no issuer and will have none, or does not
   *     have it in time
   */
  public Issuer resolve(
      IssuerSource source, Optional<String> stackAccount, RequestContext context) {
    return switch (source) {
      case IssuerSource.OfUrl(Issuer issuer) -> issuer;
      case IssuerSource.OfCluster cluster -> resolve(cluster, stackAccount, context);
    };
  }

  private Issuer resolve(
      IssuerSource.OfCluster source, Optional<String> stackAccount, RequestContext context) {
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    String name = describe(source);
    context.reportProgress("describing " + name);
    Optional<Instant> activeSince = Optional.empty();
    boolean logged = false;
    while (true) {
      Cluster cluster =
          clusters
              .find(source.name(), source.region())
              .orElseThrow(() -> notFound(source, stackAccount, context.location().account()));
      check(source, cluster);
      if (cluster.issuer().isPresent()) {
        return checked(cluster.issuer().get(), source);
      }
      if (cluster.status().equals("ACTIVE")) {
        activeSince = activeSince.or(() -> Optional.of(context.now()));
        if (context.now().isAfter(activeSince.get().plus(ACTIVE_WITHOUT_ISSUER))) {
          throw withoutIssuer(name);
        }
      }
      if (!logged) {
        context.logDecision("waiting for the cluster's issuer", Map.of("cluster", source.name()));
        logged = true;
      }
      context.reportProgress(
          "waiting for %s, whose status is %s, to have an issuer"
              .formatted(name, cluster.status()));
      pause(backoff.next(), name, cluster.status(), context);
    }
  }

  /** Whatever answers in the place of EKS, the account trusts issuers of EKS only. */
  private static Issuer checked(Issuer issuer, IssuerSource.OfCluster source) {
    if (!issuer.isOfEksIn(source.region())) {
      throw new RequestFailedException(
          "EKS returned the issuer %s for %s, which is not an issuer of EKS in this Region."
              .formatted(ResourceProperties.quoted(issuer.url()), describe(source)));
    }
    return issuer;
  }

  private static void pause(Duration pause, String name, String status, RequestContext context) {
    try {
      context.sleep(pause);
    } catch (DeadlineExceededException e) {
      if (status.equals("ACTIVE")) {
        throw withoutIssuer(name);
      }
      throw new RequestFailedException(
          ("%s is still %s and has no issuer yet, but the function has reached its deadline. Create this"
                  + " resource after the cluster, with Ref or DependsOn, or give the function a longer"
                  + " timeout.")
              .formatted(name.replaceFirst("^t", "T"), status),
          e);
    }
  }

  private static RequestFailedException withoutIssuer(String name) {
    return new RequestFailedException(
        name.replaceFirst("^t", "T")
            + " is ACTIVE but has no OIDC issuer. Check the cluster in EKS, or contact AWS Support.");
  }

  /**
   * Returns the issuer as it is known now, without waiting; empty if there is no such cluster, it
   * has no issuer, or EKS does not describe it.
   *
   * @throws DeadlineExceededException if the request has no time left
   */
  public Optional<Issuer> current(IssuerSource source) {
    return switch (source) {
      case IssuerSource.OfUrl(Issuer issuer) -> Optional.of(issuer);
      case IssuerSource.OfCluster(String name, String region) -> current(name, region);
    };
  }

  private Optional<Issuer> current(String cluster, String region) {
    try {
      return clusters
          .find(cluster, region)
          .flatMap(Cluster::issuer)
          .filter(issuer -> issuer.isOfEksIn(region));
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException _) {
      return Optional.empty();
    }
  }

  private static String describe(IssuerSource.OfCluster source) {
    return "the EKS cluster " + source.name() + " in " + source.region();
  }

  /** Throws if it is not worth waiting for the cluster's issuer. */
  static void check(IssuerSource.OfCluster source, Cluster cluster) {
    String name = describe(source).replaceFirst("^t", "T");
    switch (cluster.status()) {
      case "DELETING" ->
          throw new ClusterGoneException(
              name
                  + " is being deleted, and its issuer with it. Name another cluster, or create the cluster again after the deletion.",
              source.region());
      case "FAILED" ->
          throw new ClusterGoneException(
              name + " has the status FAILED. Create the cluster again, and then this resource.",
              source.region());
      default -> {
        if (cluster.issuer().isEmpty()) {
          checkWillHaveIssuer(name, cluster);
        }
      }
    }
  }

  private static void checkWillHaveIssuer(String name, Cluster cluster) {
    switch (cluster.controlPlane()) {
      case ON_OUTPOSTS ->
          throw new RequestFailedException(
              name
                  + " is a local cluster on Outposts (outpostConfig), for which EKS provides no OIDC"
                  + " issuer. Use a cluster whose control plane runs in the Region.");
      case CONNECTED ->
          throw new RequestFailedException(
              name
                  + " is registered through EKS Connector (connectorConfig), so EKS provides no OIDC"
                  + " issuer for it. Use a cluster of EKS, or register the cluster's own issuer in IAM"
                  + " in another way.");
      case IN_REGION -> {
        if (isTooOld(cluster.version())) {
          throw new RequestFailedException(
              "%s runs Kubernetes %s, which has no OIDC issuer. Update the cluster to 1.13 or later."
                  .formatted(name, cluster.version()));
        }
      }
    }
  }

  private static ClusterGoneException notFound(
      IssuerSource.OfCluster source, Optional<String> stackAccount, String account) {
    return new ClusterGoneException(
        stackAccount
            .filter(other -> !other.equals(account))
            .map(
                other ->
                    ("There is no EKS cluster %s in %s in the account %s, in which the function works;"
                            + " the stack is in the account %s. Deploy the function in the stack's"
                            + " account too, and use its ServiceToken there.")
                        .formatted(source.name(), source.region(), account, other))
            .orElseGet(
                () ->
                    ("There is no EKS cluster %s in %s. Check ClusterName and ClusterRegion. For a"
                            + " cluster of another account, give its issuer as Url.")
                        .formatted(source.name(), source.region())),
        source.region());
  }

  private static boolean isTooOld(String version) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches()
        && matcher.group(1).length() < 4
        && Integer.parseInt(matcher.group(1)) < FIRST_MINOR_WITH_ISSUER;
  }
}
