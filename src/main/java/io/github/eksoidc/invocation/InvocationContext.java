package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.CallRecorder;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.cloudformation.ResponseUrl;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.RequestIds;
import io.github.eksoidc.resource.ResourceResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * The request context of one invocation. The request's thread uses it; the thread that sends the
 * response can stop it at any time, after which the request can make no more AWS calls.
 */
public final class InvocationContext implements RequestContext, CallRecorder {

  private static final int NONCE_BYTES = 8;

  /** Lambda discards an event of this age. */
  private static final Duration MAX_EVENT_AGE = Duration.ofHours(6);

  private static final int MAX_SKIP = 512;

  /** How many numbers of a thread's random generator to skip: 0 without SnapStart. */
  private static volatile int randomSkip;

  private final String requestId;
  private final Instant startedAt;
  private final ToIntFunction<ResourceResult> responseBytes;
  private final FunctionLocation location;
  private final Deadlines deadlines;
  private final JsonLog log;
  private final SequencedMap<String, Integer> calls = new LinkedHashMap<>();
  private String physicalId;
  private String step = "starting";
  private boolean stopped;

  /**
   * Creates a context.
   *
   * @param responseBytes how many bytes a response with a result can still hold
   * @param physicalId the id for the response until the request sets another one
   */
  InvocationContext(
      String requestId,
      Instant startedAt,
      ToIntFunction<ResourceResult> responseBytes,
      FunctionLocation location,
      Deadlines deadlines,
      JsonLog log,
      String physicalId) {
    this.requestId = requestId;
    this.startedAt = startedAt;
    this.responseBytes = responseBytes;
    this.location = location;
    this.deadlines = deadlines;
    this.log = log;
    this.physicalId = physicalId;
  }

  /** The context of CloudFormation's request in an event. */
  static InvocationContext of(
      CloudFormationCustomResourceEvent event,
      FunctionLocation location,
      Deadlines deadlines,
      JsonLog log,
      String physicalId) {
    return new InvocationContext(
        RequestIds.plain(String.valueOf(event.getRequestId())),
        startedAt(event.getResponseUrl(), Instant.now()),
        result -> new Response.Success(result).remainingBytes(event),
        location,
        deadlines,
        log,
        physicalId);
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

  /**
   * Runs work in a thread of its own, until the deadline at the latest.
   *
   * @throws Throwable what the work throws, or a {@link RequestFailedException} at the deadline
   */
  <T> T run(Callable<T> work) throws Throwable {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              skipRandomNumbers();
              return work.call();
            });
    Thread thread = Thread.ofPlatform().daemon().name("request").start(task);
    try {
      return task.get(deadlines.requestRemaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      String stoppedAt = stop();
      thread.interrupt();
      throw new RequestFailedException(
          ("The function reached its deadline while it was %s. Try again, or give the function a"
                  + " longer timeout.")
              .formatted(stoppedAt));
    } catch (ExecutionException e) {
      throw e.getCause();
    } finally {
      stop();
    }
  }

  /**
   * CloudFormation signs the response URL when it sends the request. The signature has whole
   * seconds; the end of that second is not before anything that an earlier request wrote.
   */
  static Instant startedAt(String responseUrl, Instant now) {
    return ResponseUrl.parse(responseUrl)
        .flatMap(ResponseUrl::signedAt)
        .map(signed -> signed.plusSeconds(1))
        .filter(signed -> signed.isBefore(now) && signed.isAfter(now.minus(MAX_EVENT_AGE)))
        .orElse(now);
  }

  /**
   * Stops the request: from now on it can neither call AWS nor change the response.
   *
   * @return the step at which it was stopped
   */
  synchronized String stop() {
    stopped = true;
    return step;
  }

  synchronized String physicalId() {
    return physicalId;
  }

  /** Returns how often the request called each action, in the order of the first calls. */
  synchronized Map<String, Integer> calls() {
    return new LinkedHashMap<>(calls);
  }

  @Override
  public FunctionLocation location() {
    return location;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration remaining() {
    return deadlines.requestRemaining();
  }

  @Override
  public void sleep(Duration duration) {
    if (remaining().compareTo(duration) <= 0) {
      throw deadlineExceeded();
    }
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw deadlineExceeded();
    }
  }

  @Override
  public String nonce() {
    // A new generator each time: functions restored from one snapshot would share its state.
    byte[] bytes = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public synchronized void reportProgress(String newStep) {
    checkNotStopped();
    step = newStep;
  }

  @Override
  public synchronized void usePhysicalId(String id) {
    checkNotStopped();
    physicalId = id;
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return responseBytes.applyAsInt(result);
  }

  @Override
  public void logDecision(String decision, Map<String, ?> details) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("decision", decision);
    details.forEach((key, value) -> fields.put(key, String.valueOf(value)));
    log.info("decision", fields);
  }

  @Override
  public <T> T call(String action, Supplier<T> call, Function<T, String> requestId) {
    synchronized (this) {
      checkNotStopped();
      calls.merge(action, 1, Integer::sum);
    }
    try {
      T response = call.get();
      logCall(action, requestId.apply(response), "OK");
      return response;
    } catch (AwsServiceException e) {
      logCall(
          action,
          String.valueOf(e.requestId()),
          e.awsErrorDetails() == null
              ? "status " + e.statusCode()
              : String.valueOf(e.awsErrorDetails().errorCode()));
      throw e;
    }
  }

  private void logCall(String action, String requestId, String outcome) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("action", action);
    fields.put("awsRequestId", requestId);
    fields.put("outcome", outcome);
    log.info("call", fields);
  }

  private void checkNotStopped() {
    if (stopped) {
      throw deadlineExceeded();
    }
  }

  private synchronized DeadlineExceededException deadlineExceeded() {
    return new DeadlineExceededException(
        "The function reached its deadline while it was " + step + ".");
  }
}
