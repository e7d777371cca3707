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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs one request in its own thread and returns a response before the deadline, whatever happens
 * to that thread. Only the caller's thread creates responses, so there is never a second one.
 */
public final class RequestRunner {

  /** The name of the thread that a request runs in. */
  static final String THREAD_NAME = "request";

  private static final int LOGGED_FRAMES = 20;
  private static final int MAX_SKIP = 512;

  /** How many numbers of a thread's random generator to skip: 0 without SnapStart. */
  private static volatile int randomSkip;

  private final ParsedEvent event;
  private final String functionArn;
  private final String region;
  private final Duration functionTimeout;
  private final JsonLog log;

  RequestRunner(
      ParsedEvent event, String functionArn, String region, Duration functionTimeout, JsonLog log) {
    this.event = event;
    this.functionArn = functionArn;
    this.region = region;
    this.functionTimeout = functionTimeout;
    this.log = log;
  }

  /**
   * Makes the random numbers of functions restored from one snapshot differ. They share the seeds
   * of {@link ThreadLocalRandom}, from which the SDK draws the jitter of its retries.
   */
  public static void afterRestore() {
    randomSkip = new SecureRandom().nextInt(MAX_SKIP);
  }

  private static void skipRandomNumbers() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = randomSkip; i > 0; i--) {
      random.nextInt();
    }
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
    Deadlines deadlines = Deadlines.of(functionTimeout, Optional.empty());
    InvocationContext context = null;
    try {
      Request request = RequestParser.parse(event);
      deadlines = Deadlines.of(functionTimeout, serviceTimeout(request));
      context =
          new InvocationContext(
              event.event(),
              FunctionLocation.of(functionArn, region),
              deadlines,
              log,
              fallbackId());
      logRequest(request);
      return new RequestOutcome(
          response(request, context, deadlines, types), context.calls(), deadlines);
    } catch (Throwable e) {
      return new RequestOutcome(
          failureResponse(e, context == null ? fallbackId() : context.physicalId()),
          context == null ? Map.of() : context.calls(),
          deadlines);
    }
  }

  private Response response(
      Request request, InvocationContext context, Deadlines deadlines, TypeFinder types)
      throws Throwable {
    FutureTask<ResourceResult> task =
        new FutureTask<>(
            () -> {
              skipRandomNumbers();
              return types.find(event.event().getResourceType(), context).handle(request, context);
            });
    Thread thread = Thread.ofPlatform().daemon().name(THREAD_NAME).start(task);
    try {
      return new Response.Success(
          task.get(deadlines.requestRemaining().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException _) {
      String step = context.stop();
      thread.interrupt();
      throw new RequestFailedException(
          ("The function reached its deadline while it was %s. Try again, or give the function a"
                  + " longer timeout.")
              .formatted(step));
    } catch (ExecutionException e) {
      throw e.getCause();
    } finally {
      context.stop();
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
