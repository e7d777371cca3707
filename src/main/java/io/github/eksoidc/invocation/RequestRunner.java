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
 * Has one request done in a thread of its own, and comes back with an answer in time, whatever
 * becomes of that thread. Only the caller's thread makes answers, so there is never a second one.
 */
public final class RequestRunner {

  private static final int LOGGED_FRAMES = 20;
  private static final int MAX_SKIPPED = 512;

  /** How far each thread's generator is moved on: 0 without SnapStart. */
  private static volatile int skipped;

  private final ParsedEvent event;
  private final String functionArn;
  private final Duration lambda;
  private final JsonLog log;

  RequestRunner(ParsedEvent event, String functionArn, Duration lambda, JsonLog log) {
    this.event = event;
    this.functionArn = functionArn;
    this.lambda = lambda;
    this.log = log;
  }

  /**
   * Copies of one snapshot would draw the same pauses from the JDK's generators for threads, which
   * the SDK uses for its retries: from now on, each copy begins somewhere else.
   */
  public static void afterRestore() {
    skipped = new SecureRandom().nextInt(MAX_SKIPPED);
  }

  private static void skip() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = skipped; i > 0; i--) {
      random.nextInt();
    }
  }

  /** Finds the type of a name in a template. */
  @FunctionalInterface
  interface TypeFinder {
    /**
     * The type.
     *
     * @throws RequestFailedException if there is none of this name, or it can't be set up
     */
    ResourceType find(String name, InvocationContext invocation);
  }

  /** Does the work. Whatever is thrown in it becomes the answer. */
  RequestOutcome run(TypeFinder types) {
    Deadlines deadlines = Deadlines.of(lambda, Optional.empty());
    InvocationContext invocation = null;
    try {
      Request request = RequestParser.parse(event);
      deadlines = Deadlines.of(lambda, serviceTimeout(request));
      invocation =
          new InvocationContext(
              event.event(),
              FunctionLocation.ofFunction(functionArn),
              deadlines,
              log,
              fallbackId());
      logRequest(request);
      return new RequestOutcome(
          response(request, invocation, deadlines, types), invocation.calls(), deadlines);
    } catch (Throwable e) {
      return new RequestOutcome(
          failureResponse(e, invocation == null ? fallbackId() : invocation.physicalId()),
          invocation == null ? Map.of() : invocation.calls(),
          deadlines);
    }
  }

  private Response response(
      Request request, InvocationContext invocation, Deadlines deadlines, TypeFinder types)
      throws Throwable {
    FutureTask<ResourceResult> task =
        new FutureTask<>(
            () -> {
              skip();
              return types
                  .find(event.event().getResourceType(), invocation)
                  .handle(request, invocation);
            });
    Thread thread = Thread.ofPlatform().daemon().name("work").start(task);
    try {
      return new Response.Success(
          task.get(deadlines.workRemaining().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException _) {
      String doing = invocation.stop();
      thread.interrupt();
      throw new RequestFailedException(
          ("The time was up while the function was %s. Try again, or give the function a longer"
                  + " timeout.")
              .formatted(doing));
    } catch (ExecutionException e) {
      throw e.getCause();
    } finally {
      invocation.stop();
    }
  }

  private Response failureResponse(Throwable failure, String physicalId) {
    CloudFormationCustomResourceEvent e = event.event();
    if (failure instanceof RequestFailedException refusal) {
      String given = e.getPhysicalResourceId();
      if ("Delete".equals(e.getRequestType()) && given != null && PhysicalIds.isNotCreated(given)) {
        // It was refused when it was to be created, and would otherwise block the stack's rollback.
        return new Response.Success(ResourceResult.of(physicalId));
      }
      return new Response.Failed(physicalId, refusal.getMessage());
    }
    log.error("internal error", details(failure));
    return new Response.Failed(
        physicalId,
        "The function failed in a way that it should not: %s. Its log says more."
            .formatted(kind(failure)));
  }

  /**
   * What an answer bears before the work has said anything: the id that came, or one of nothing.
   */
  private String fallbackId() {
    CloudFormationCustomResourceEvent e = event.event();
    String given = e.getPhysicalResourceId();
    return given == null || given.isEmpty() || "Create".equals(e.getRequestType())
        ? PhysicalIds.notCreated(Objects.requireNonNullElse(e.getRequestId(), "unknown"))
        : given;
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
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("resourceType", event.event().getResourceType());
    if (!(request instanceof Request.Create)) {
      line.put("physicalResourceId", event.event().getPhysicalResourceId());
    }
    log.info("request", line);
  }

  /** The name of an exception; and of the class that could not be loaded, if it says that. */
  private static String kind(Throwable failure) {
    return failure instanceof NoClassDefFoundError
        ? failure.getClass().getName() + ": " + failure.getMessage()
        : failure.getClass().getName();
  }

  /** Kinds and places, no messages: those of libraries may quote anything. */
  private static SequencedMap<String, Object> details(Throwable failure) {
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
