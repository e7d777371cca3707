package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderTags;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What the tag of a claim says: who uses the provider, and which request wrote the claim last. The
 * value has up to 256 characters, in four to six parts with a space between them:
 *
 * <pre>{@code <stack name>/<logical id> <origin> <RequestId> <time> [<Region>/<cluster>] [<stack's
 * Region>[:<account>] | no-stack]}</pre>
 *
 * @param owner for people; cut if the value would be too long
 * @param origin the kind of that request
 * @param requestId CloudFormation's id of that request; empty in a value that the function did not
 *     write
 * @param at when the request wrote it, in UTC, to the millisecond
 * @param cluster {@code <Region>/<name>} of the cluster, if the template named one
 * @param stackLocation {@code <Region>} or {@code <Region>:<account>} of the stack, if it is in
 *     another Region than the cluster or in another account than the provider; {@link #NO_STACK} if
 *     the StackId of the request was no stack's ARN
 */
public record ClaimRecord(
    String owner,
    Origin origin,
    String requestId,
    Instant at,
    Optional<String> cluster,
    Optional<String> stackLocation) {

  /**
   * In the place of the stack's location: the request did not come from CloudFormation, but from a
   * tool that emulates custom resources.
   */
  static final String NO_STACK = "no-stack";

  /** The kind of request that wrote a claim. */
  public enum Origin {
    /** A Create that found no claim of its resource. */
    CREATE("Create"),
    /** A Create that found a claim of an earlier Create of the same resource. */
    RETRY("Retry"),
    /** An Update of a resource that had another provider. */
    UPDATE("Update"),
    /** An Update of the resource's own provider. */
    RENEWAL("Renewal");

    private final String text;

    Origin(String text) {
      this.text = text;
    }
  }

  public ClaimRecord {
    requireNonNull(owner, "owner is null");
    requireNonNull(origin, "origin is null");
    requireNonNull(requestId, "requestId is null");
    requireNonNull(cluster, "cluster is null");
    requireNonNull(stackLocation, "stackLocation is null");
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** The one that was written later. */
  ClaimRecord later(ClaimRecord other) {
    return other.at.isAfter(at) ? other : this;
  }

  /**
   * Whether the claim is for the provider of a cluster.
   *
   * @param name {@code <Region>/<name>}; a claim is never for an unnamed cluster
   */
  public boolean isFor(Optional<String> name) {
    return name.isPresent() && cluster.equals(name);
  }

  /** A record of a stack in the cluster's Region and the provider's account. */
  public ClaimRecord(
      String owner, Origin origin, String requestId, Instant at, Optional<String> cluster) {
    this(owner, origin, requestId, at, cluster, Optional.empty());
  }

  /** Whether the function wrote the value, and nobody has edited it since. */
  public boolean isComplete() {
    return !requestId.isEmpty();
  }

  /** Whether the resource is one of a CloudFormation stack. */
  public boolean isOfStack() {
    return !stackLocation.equals(Optional.of(NO_STACK));
  }

  /**
   * The Region of the stack; empty if the record does not say, or if there is no stack.
   *
   * @return the stack's own if it is recorded, otherwise the cluster's
   */
  public Optional<String> stackRegion() {
    if (!isOfStack()) {
      return Optional.empty();
    }
    return stackLocation
        .map(location -> location.split(":", 2)[0])
        .or(() -> cluster.map(c -> c.split("/", 2)[0]));
  }

  /** The account of the stack, if it is another one than the provider's. */
  public Optional<String> stackAccount() {
    return stackLocation.filter(location -> location.contains(":")).map(l -> l.split(":", 2)[1]);
  }

  /** Reads a tag's value; every value can be read. */
  static ClaimRecord parse(String value) {
    String[] parts = value.split(" ", -1);
    try {
      if (parts.length >= 4 && parts.length <= 6) {
        List<String> optional = List.of(parts).subList(4, parts.length);
        for (Origin origin : Origin.values()) {
          if (origin.text.equals(parts[1])) {
            return new ClaimRecord(
                parts[0],
                origin,
                parts[2],
                Instant.parse(parts[3]),
                optional.stream().filter(part -> part.contains("/")).findFirst(),
                optional.stream().filter(part -> !part.contains("/")).findFirst());
          }
        }
      }
    } catch (DateTimeParseException _) {
      // Somebody edited the tag: it still is a claim.
    }
    return new ClaimRecord(value, Origin.UPDATE, "", Instant.EPOCH, Optional.empty());
  }

  /** The tag's value. */
  String value() {
    String rest =
        " "
            + origin.text
            + " "
            + requestId
            + " "
            + at
            + cluster.map(c -> " " + c).orElse("")
            + stackLocation.map(l -> " " + l).orElse("");
    int room = ProviderTags.MAX_VALUE_LENGTH - rest.length();
    return (owner.length() <= room ? owner : owner.substring(0, Math.max(0, room))) + rest;
  }
}
