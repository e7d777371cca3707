package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.ClaimRecord.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Which claim of a resource a request may release. */
public sealed interface ReleaseScope {

  /** Whether the request may release this claim. */
  boolean includes(ClaimRecord record);

  /** Whether a claim was written after every claim that the request may release. */
  boolean isSupersededBy(ClaimRecord record);

  /** Whether there can be claims of the resource that the request must leave alone. */
  default boolean isRestricted() {
    return !(this instanceof AnyClaim);
  }

  /** Whether a request that failed is undone: what it took over is then not deleted. */
  boolean isUndo();

  /** Whether a record is certainly of the request that is undone, whatever its origin. */
  default boolean isOf(ClaimRecord record) {
    return this instanceof ClaimOfRequest && includes(record);
  }

  /** The claim to put back instead of removing the released one; empty for none. */
  default Optional<ClaimRecord> restores() {
    return Optional.empty();
  }

  /**
   * Whatever claim the resource has.
   *
   * @param isUndo whether it is released because its request failed
   */
  record AnyClaim(boolean isUndo) implements ReleaseScope {
    @Override
    public boolean includes(ClaimRecord record) {
      return true;
    }

    @Override
    public boolean isSupersededBy(ClaimRecord record) {
      return false;
    }
  }

  /**
   * A claim that an Update to a cluster stored. A claim for another cluster is one that a template
   * retains.
   *
   * @param cluster {@code <Region>/<name>}; empty if the template gives the issuer, and so the
   *     provider is known
   */
  record ClaimForCluster(Optional<String> cluster) implements ReleaseScope {

    public ClaimForCluster {
      requireNonNull(cluster, "cluster is null");
    }

    @Override
    public boolean includes(ClaimRecord record) {
      return cluster.isEmpty() || record.isFor(cluster);
    }

    @Override
    public boolean isSupersededBy(ClaimRecord record) {
      return false;
    }

    @Override
    public boolean isUndo() {
      return true;
    }
  }

  /**
   * What one request stored that has failed.
   *
   * @param requestId of that request
   * @param startedAt when that request began
   * @param restores the claim that the request has overwritten, to be put back
   */
  record ClaimOfRequest(String requestId, Instant startedAt, Optional<ClaimRecord> restores)
      implements ReleaseScope {

    public ClaimOfRequest {
      requireNonNull(requestId, "requestId is null");
      requireNonNull(startedAt, "startedAt is null");
      requireNonNull(restores, "restores is null");
    }

    @Override
    public boolean includes(ClaimRecord record) {
      return record.requestId().equals(requestId);
    }

    @Override
    public boolean isSupersededBy(ClaimRecord record) {
      return !includes(record) && record.at().isAfter(startedAt);
    }

    @Override
    public boolean isUndo() {
      return true;
    }
  }

  /**
   * What a Create stored that may still be running: CloudFormation cancels such a Create with a
   * Delete whose id it made up, so the Create's RequestId is not known.
   *
   * @param canceledAt when the Delete began
   */
  record ClaimOfRunningCreate(Instant canceledAt) implements ReleaseScope {

    /** Lambda's longest timeout: a Create that stored its claim earlier has ended. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

    public ClaimOfRunningCreate {
      requireNonNull(canceledAt, "canceledAt is null");
    }

    @Override
    public boolean includes(ClaimRecord record) {
      return record.origin() == Origin.CREATE && record.at().plus(LONGEST_RUN).isAfter(canceledAt);
    }

    @Override
    public boolean isSupersededBy(ClaimRecord record) {
      return !includes(record);
    }

    @Override
    public boolean isUndo() {
      return true;
    }
  }
}
