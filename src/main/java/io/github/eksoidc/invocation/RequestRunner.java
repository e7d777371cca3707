package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.cloudformation.RequestParser;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Runs one request in its own thread and returns a response before the deadline, whatever happens
 * to that thread. Only the caller's thread creates responses, so there is never a second one.
 */
public final class RequestRunner {

  private static final int LOGGED_FRAMES = 20;

  private final ParsedEvent event;
  private final Invocation invocation;
  private final String region;
  private final JsonLog log;

  RequestRunner(ParsedEvent event, Invocation invocation, String region, JsonLog log) {
    this.event = event;
    this.invocation = invocation;
    this.region = region;
    this.log = log;
  }

  /** Finds resource types by name. */
  @FunctionalInterface
  interface TypeFinder {
    /**
     * Returns a resource type.
     *
     * @throws RequestFailedException if there is no such type, or it can't be set up
     */
    ResourceType find(String name, InvocationContext context);
  }

  /** Runs the request. Everything that it throws becomes a response. */
  RequestOutcome run(TypeFinder types) {
    Deadlines deadlines = Deadlines.of(invocation.timeout(), Optional.empty());
    InvocationContext context = null;
    try {
      Request request = RequestParser.parse(event);
      deadlines = Deadlines.of(invocation.timeout(), serviceTimeout(request));
      context =
          InvocationContext.of(
              event.event(),
              FunctionLocation.of(invocation.functionArn(), region),
              deadlines,
              log,
              fallbackId());
      logRequest(request);
      InvocationContext found = context;
      ResourceResult result =
          context.run(
              () -> types.find(event.event().getResourceType(), found).handle(request, found));
      return new RequestOutcome(new Response.Success(result), context.calls(), deadlines);
    } catch (Throwable e) {
      return new RequestOutcome(
          failureResponse(e, context == null ? fallbackId() : context.physicalId()),
          context == null ? Map.of() : context.calls(),
          deadlines);
    }
  }

  private Response failureResponse(Throwable failure, String physicalId) {
    if (failure instanceof RequestFailedException requestFailed) {
      if (isDeleteOfNotCreated()) {
        // The Create failed for the same reason. Another failure would block the stack's rollback.
        return new Response.Success(ResourceResult.of(physicalId));
      }
      return new Response.Failed(physicalId, requestFailed.getMessage());
    }
    log.error("internal error", details(failure));
    return new Response.Failed(
        physicalId,
        "The function failed with an unexpected error, %s. See the function's log for details."
            .formatted(typeOf(failure)));
  }

  private boolean isDeleteOfNotCreated() {
    String id = event.event().getPhysicalResourceId();
    return "Delete".equals(event.event().getRequestType())
        && id != null
        && PhysicalIds.isNotCreated(id);
  }

  /** Returns the response's id until the request sets one: the event's, or that of no resource. */
  private String fallbackId() {
    CloudFormationCustomResourceEvent e = event.event();
    String id = e.getPhysicalResourceId();
    return id == null || id.isEmpty() || "Create".equals(e.getRequestType())
        ? PhysicalIds.notCreated(Objects.requireNonNullElse(e.getRequestId(), "unknown"))
        : id;
  }

  private static Optional<Duration> serviceTimeout(Request request) {
    try {
      return Deadlines.serviceTimeout(request.properties());
    } catch (RequestFailedException e) {
      if (request instanceof Request.Delete) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void logRequest(Request request) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("resourceType", event.event().getResourceType());
    if (!(request instanceof Request.Create)) {
      fields.put("physicalResourceId", event.event().getPhysicalResourceId());
    }
    log.info("request", fields);
  }

  /** Returns the type of a failure, and for a class that can't be loaded also its name. */
  private static String typeOf(Throwable failure) {
    return failure instanceof NoClassDefFoundError
        ? failure.getClass().getName() + ": " + failure.getMessage()
        : failure.getClass().getName();
  }

  /** Returns types and stack frames, but no messages: those of libraries may quote a secret. */
  static SequencedMap<String, Object> details(Throwable failure) {
    SequencedMap<String, Object> details = new LinkedHashMap<>();
    details.put("error", failure.getClass().getName());
    if (failure.getCause() != null) {
      details.put("cause", failure.getCause().getClass().getName());
    }
    List<String> frames =
        Arrays.stream(failure.getStackTrace())
            .limit(LOGGED_FRAMES)
            .map(StackTraceElement::toString)
            .toList();
    details.put("frames", frames);
    return details;
  }
}
