package io.github.eksoidc.issuer;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.Optional;

/** The EKS clusters of the account. */
public interface Clusters {

  /**
   * Describes a cluster.
   *
   * @return empty if there is none of this name in this Region
   * @throws RequestFailedException with a reason for people, if the call is denied or fails for
   *     good
   */
  Optional<Cluster> find(String name, String region);

  /**
   * A cluster, as far as it matters here.
   *
   * @param status as EKS reports it: {@code CREATING}, {@code ACTIVE}, {@code DELETING} …
   * @param version of Kubernetes, such as {@code 1.33}; empty if EKS does not report it
   * @param issuer empty if it has none yet
   * @param controlPlane where its control plane runs
   */
  record Cluster(
      String status, String version, Optional<Issuer> issuer, ControlPlane controlPlane) {

    /** A cluster whose control plane runs in its Region. */
    public Cluster(String status, String version, Optional<Issuer> issuer) {
      this(status, version, issuer, ControlPlane.IN_REGION);
    }
  }

  /** Where a control plane runs. EKS provides an issuer only for those in a Region. */
  enum ControlPlane {
    IN_REGION,
    /** A local cluster on Outposts. */
    ON_OUTPOSTS,
    /** A cluster of somebody else, which EKS Connector has registered. */
    CONNECTED
  }
}
