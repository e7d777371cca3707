package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.CallInterceptor;
import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.cloudformation.RequestParser;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.RequestIds;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * Runs the request of an event and returns its response before the deadline. Only the caller's
 * thread creates responses, so there is never a second one.
 */
final class RequestRunner {

  private final ParsedEvent parsed;
  private final CloudFormationCustomResourceEvent event;
  private final Invocation invocation;
  private final Deadlines deadlines;
  private final JsonLog log;
  private final Progress progress;
  private final LoggedCalls calls;

  RequestRunner(ParsedEvent parsed, Invocation invocation, Deadlines deadlines, JsonLog log) {
    this.parsed = parsed;
    this.event = parsed.event();
    this.invocation = invocation;
    this.deadlines = deadlines;
    this.log = log;
    this.progress = new Progress(fallbackId(event));
    this.calls = new LoggedCalls(progress, log);
  }

  /** Finds resource types by name. */
  @FunctionalInterface
  interface TypeFinder {
    /**
     * Returns a resource type.
     *
     * @throws RequestFailedException if there is no such type, or it can't be set up
     */
    ResourceType find(String name, CallInterceptor calls, RequestContext context);
  }

  /** Runs the request. Everything that it throws becomes a response. */
  Response run(TypeFinder types) {
    return switch (new BoundedRun(deadlines, progress, log).run(() -> handle(types))) {
      case BoundedRun.Done<ResourceResult>(var result) -> new Response.Success(result);
      // The Create failed for the same reason. Another failure would block the stack's rollback.
      case BoundedRun.Failed<ResourceResult>(_, var isExpected)
          when isExpected && isDeleteOfNotCreated() ->
          new Response.Success(ResourceResult.of(progress.physicalId()));
      case BoundedRun.Failed<ResourceResult>(var reason, _) ->
          new Response.Failed(progress.physicalId(), reason);
    };
  }

  /** Returns how often the request called each action. */
  Map<String, Integer> calls() {
    return calls.counts();
  }

  private ResourceResult handle(TypeFinder types) {
    Request request = RequestParser.parse(parsed);
    logRequest(request);
    Instant now = Instant.now();
    var context =
        new InvocationContext(
            RequestIds.plain(event.getRequestId()),
            parsed.responseUrl().map(url -> url.sentAt(now)).orElse(now),
            invocation.location(),
            deadlines,
            progress,
            log,
            result -> new Response.Success(result).remainingBytes(event));
    return types.find(event.getResourceType(), calls, context).handle(request, context);
  }

  private void logRequest(Request request) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("resourceType", event.getResourceType());
    if (!(request instanceof Request.Create)) {
      fields.put("physicalResourceId", event.getPhysicalResourceId());
    }
    log.info("request", fields);
  }

  private boolean isDeleteOfNotCreated() {
    String id = event.getPhysicalResourceId();
    return "Delete".equals(event.getRequestType()) && id != null && PhysicalIds.isNotCreated(id);
  }

  /** Returns the response's id until the request sets one: the event's, or that of no resource. */
  private static String fallbackId(CloudFormationCustomResourceEvent event) {
    String id = event.getPhysicalResourceId();
    return id == null || id.isEmpty() || "Create".equals(event.getRequestType())
        ? PhysicalIds.notCreated(Objects.requireNonNullElse(event.getRequestId(), "unknown"))
        : id;
  }
}
