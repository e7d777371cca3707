package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Physical ids of resources whose Create failed. */
public final class PhysicalIds {

  private static final String NOT_CREATED = "not-created/";
  private static final Pattern INCOMPLETE =
      Pattern.compile("incomplete/([^/]+)/([0-9]{1,15})/(.+)");

  private PhysicalIds() {}

  /**
   * Returns the id for the response of a Create that failed before it changed anything.
   *
   * @param unique distinguishes the id from others
   */
  public static String notCreated(String unique) {
    return NOT_CREATED + unique;
  }

  /** Whether this is the id of a Create that changed nothing, so that nothing is to be deleted. */
  public static boolean isNotCreated(String physicalId) {
    return physicalId.startsWith(NOT_CREATED);
  }

  /**
   * A Create that failed after it may have changed something. Its id is {@code
   * incomplete/<RequestId>/<start in milliseconds since 1970>/<what it may have changed>}.
   *
   * @param requestId {@link RequestContext#requestId} of the Create; holds no slash
   * @param startedAt when the Create began
   * @param resource what the Create may have changed
   */
  public record Incomplete(String requestId, Instant startedAt, String resource) {

    public Incomplete {
      requireNonNull(requestId, "requestId is null");
      requireNonNull(startedAt, "startedAt is null");
      requireNonNull(resource, "resource is null");
    }

    /** Reads an id; empty if it is not the id of such a Create. */
    public static Optional<Incomplete> parse(String physicalId) {
      var matcher = INCOMPLETE.matcher(physicalId);
      return matcher.matches()
          ? Optional.of(
              new Incomplete(
                  matcher.group(1),
                  Instant.ofEpochMilli(Long.parseLong(matcher.group(2))),
                  matcher.group(3)))
          : Optional.empty();
    }

    /** The id. */
    public String physicalId() {
      return "incomplete/%s/%d/%s".formatted(requestId, startedAt.toEpochMilli(), resource);
    }
  }
}
