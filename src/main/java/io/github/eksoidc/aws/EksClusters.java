package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eks.model.Identity;
import software.amazon.awssdk.services.eks.model.OIDC;
import software.amazon.awssdk.services.eks.model.ResourceNotFoundException;

/** Finds an account's clusters with the EKS API. */
public final class EksClusters implements Clusters {

  private static final String ACTION = "eks:DescribeCluster";

  private final AwsClients clients;
  private final CallInterceptor interceptor;

  public EksClusters(AwsClients clients, CallInterceptor interceptor) {
    this.clients = requireNonNull(clients, "clients is null");
    this.interceptor = requireNonNull(interceptor, "interceptor is null");
  }

  @Override
  public Optional<Cluster> find(String name, String region) {
    try {
      var cluster =
          interceptor
              .call(ACTION, () -> clients.eks(region).describeCluster(r -> r.name(name)))
              .cluster();
      return Optional.of(
          new Cluster(
              String.valueOf(cluster.statusAsString()),
              String.valueOf(cluster.version()),
              Optional.ofNullable(cluster.identity())
                  .map(Identity::oidc)
                  .map(OIDC::issuer)
                  .filter(url -> !url.isEmpty())
                  .map(Issuer::new),
              controlPlane(cluster)));
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    } catch (SdkException e) {
      if (!region.equals(clients.region()) && AwsErrors.isUnknownCredentials(e)) {
        throw AwsErrors.exception(
            ("EKS in %s rejects the account's credentials, probably because the Region is not enabled."
                    + " Check ClusterRegion, or enable the Region for the account.")
                .formatted(region),
            e);
      }
      throw AwsErrors.translate(ACTION, "cluster " + name + " in " + region, e);
    }
  }

  private static ControlPlane controlPlane(
      software.amazon.awssdk.services.eks.model.Cluster cluster) {
    if (cluster.connectorConfig() != null) {
      return ControlPlane.CONNECTED;
    }
    return cluster.outpostConfig() == null ? ControlPlane.IN_REGION : ControlPlane.ON_OUTPOSTS;
  }
}
