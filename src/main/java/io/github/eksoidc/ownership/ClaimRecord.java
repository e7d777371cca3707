package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderTags;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What the tag of a claim says: who uses the provider, and which request wrote the claim last. The
 * value has up to 256 characters, in four or five parts with a space between them:
 *
 * <pre>{@code <stack name>/<logical id> <origin> <RequestId> <time> [<Region>/<cluster>]}</pre>
 *
 * @param owner for people; cut if the value would be too long
 * @param origin the kind of that request
 * @param requestId CloudFormation's id of that request; empty in a value that the function did not
 *     write
 * @param at when the request wrote it, in UTC, to the millisecond
 * @param cluster {@code <Region>/<name>} of the cluster, if the template named one
 */
public record ClaimRecord(
    String owner, Origin origin, String requestId, Instant at, Optional<String> cluster) {

  /** The kind of request that wrote a claim. */
  public enum Origin {
    /** A Create that found no claim of its resource. */
    CREATE("Create"),
    /** A Create that found a claim of an earlier Create of the same resource. */
    RETRY("Retry"),
    /** An Update. */
    UPDATE("Update");

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
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Reads a tag's value; every value can be read. */
  static ClaimRecord parse(String value) {
    String[] parts = value.split(" ", -1);
    try {
      if (parts.length == 4 || parts.length == 5) {
        for (Origin origin : Origin.values()) {
          if (origin.text.equals(parts[1])) {
            Optional<String> cluster = parts.length == 5 ? Optional.of(parts[4]) : Optional.empty();
            return new ClaimRecord(parts[0], origin, parts[2], Instant.parse(parts[3]), cluster);
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
        " " + origin.text + " " + requestId + " " + at + cluster.map(c -> " " + c).orElse("");
    int room = ProviderTags.MAX_VALUE_LENGTH - rest.length();
    return (owner.length() <= room ? owner : owner.substring(0, Math.max(0, room))) + rest;
  }
}
