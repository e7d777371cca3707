package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.CallRecorder;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.cloudformation.ResponseUrl;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ShortHash;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * The request context of one invocation. The request's thread uses it; the thread that sends the
 * response can stop it at any time, after which the request can make no more AWS calls.
 */
public final class InvocationContext implements RequestContext, CallRecorder {

  private static final int NONCE_BYTES = 8;

  /** Lambda discards an event of this age. */
  private static final Duration MAX_EVENT_AGE = Duration.ofHours(6);

  private static final Pattern PLAIN_REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final CloudFormationCustomResourceEvent event;
  private final FunctionLocation location;
  private final Deadlines deadlines;
  private final JsonLog log;
  private final Instant startedAt;
  private final SequencedMap<String, Integer> calls = new LinkedHashMap<>();
  private String physicalId;
  private String step = "starting";
  private boolean stopped;

  /**
   * Creates a context.
   *
   * @param event the event to respond to
   * @param physicalId the id for the response until the request sets another one
   */
  InvocationContext(
      CloudFormationCustomResourceEvent event,
      FunctionLocation location,
      Deadlines deadlines,
      JsonLog log,
      String physicalId) {
    this.event = event;
    this.location = location;
    this.deadlines = deadlines;
    this.log = log;
    this.physicalId = physicalId;
    this.startedAt = startedAt(event.getResponseUrl(), Instant.now());
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
    String id = String.valueOf(event.getRequestId());
    return PLAIN_REQUEST_ID.matcher(id).matches() ? id : ShortHash.of(id);
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
    return new Response.Success(result).remainingBytes(event);
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
