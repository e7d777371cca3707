package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestContext;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Create that failed after it may have changed something. Its id is {@code
 * incomplete/<RequestId>/<start in milliseconds since 1970>/<what it may have changed>}.
 *
 * @param requestId {@link RequestContext#requestId} of the Create; holds no slash
 * @param startedAt when the Create began
 * @param resource what the Create may have changed
 */
public record IncompleteCreate(String requestId, Instant startedAt, String resource) {

  private static final Pattern FORM = Pattern.compile("incomplete/([^/]+)/([0-9]{1,15})/(.+)");

  public IncompleteCreate {
    requireNonNull(requestId, "requestId is null");
    requireNonNull(startedAt, "startedAt is null");
    requireNonNull(resource, "resource is null");
  }

  /** Reads an id; empty if it is not the id of such a Create. */
  public static Optional<IncompleteCreate> parse(String physicalId) {
    var matcher = FORM.matcher(physicalId);
    return matcher.matches()
        ? Optional.of(
            new IncompleteCreate(
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
