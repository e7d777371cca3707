package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestContext;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Create that failed after it may have changed something. Its id is {@code
 * incomplete/<RequestId>/<what it may have changed>}.
 *
 * @param requestId {@link RequestContext#requestId} of the Create; holds no slash
 * @param resource what the Create may have changed
 */
public record IncompleteCreate(String requestId, String resource) {

  private static final Pattern FORM = Pattern.compile("incomplete/([^/]+)/(.+)");

  public IncompleteCreate {
    requireNonNull(requestId, "requestId is null");
    requireNonNull(resource, "resource is null");
  }

  /** Reads an id; empty if it is not the id of such a Create. */
  public static Optional<IncompleteCreate> parse(String physicalId) {
    var matcher = FORM.matcher(physicalId);
    return matcher.matches()
        ? Optional.of(new IncompleteCreate(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** The id. */
  public String physicalId() {
    return "incomplete/%s/%s".formatted(requestId, resource);
  }
}
