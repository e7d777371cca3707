package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.CallRecorder;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * One invocation's run. The work has it in its thread; the thread that answers may stop it at any
 * time, after which the work can do nothing more.
 */
public final class InvocationContext implements RequestContext, CallRecorder {

  private static final int NONCE_BYTES = 8;

  private final CloudFormationCustomResourceEvent event;
  private final FunctionLocation location;
  private final Deadlines deadlines;
  private final JsonLog log;
  private final SequencedMap<String, Integer> calls = new LinkedHashMap<>();
  private String physicalId;
  private String doing = "starting";
  private boolean stopped;

  /**
   * @param event that is answered
   * @param physicalId what the answer bears as long as the work says nothing else
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
  }

  /**
   * From now on the work can neither call AWS nor change the answer; what it was doing is returned.
   */
  synchronized String stop() {
    stopped = true;
    return doing;
  }

  synchronized String physicalId() {
    return physicalId;
  }

  /** How often each action of AWS was called, in the order of the first calls. */
  synchronized Map<String, Integer> calls() {
    return new LinkedHashMap<>(calls);
  }

  @Override
  public FunctionLocation location() {
    return location;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration remaining() {
    return deadlines.workRemaining();
  }

  @Override
  public void sleep(Duration duration) {
    if (remaining().compareTo(duration) <= 0) {
      throw outOfTime();
    }
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw outOfTime();
    }
  }

  @Override
  public String nonce() {
    // Made anew each time: copies of one snapshot must not share its state.
    byte[] bytes = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public synchronized void reportProgress(String what) {
    checkNotStopped();
    doing = what;
  }

  @Override
  public synchronized void usePhysicalId(String id) {
    checkNotStopped();
    physicalId = id;
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return new Response.Success(result).room(event);
  }

  @Override
  public void logDecision(String what, Map<String, ?> details) {
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("decision", what);
    details.forEach((key, value) -> line.put(key, String.valueOf(value)));
    log.info("decision", line);
  }

  @Override
  public <T extends AwsResponse> T call(String action, Supplier<T> call) {
    synchronized (this) {
      checkNotStopped();
      calls.merge(action, 1, Integer::sum);
    }
    try {
      T response = call.get();
      logCall(action, response.responseMetadata().requestId(), "OK");
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
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("action", action);
    line.put("awsRequestId", requestId);
    line.put("outcome", outcome);
    log.info("call", line);
  }

  private void checkNotStopped() {
    if (stopped) {
      throw outOfTime();
    }
  }

  private synchronized DeadlineExceededException outOfTime() {
    return new DeadlineExceededException("The time was up while the function was " + doing + ".");
  }
}
