package io.github.eksoidc.lambda;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.CallLog;
import io.github.eksoidc.cloudformation.Answer;
import io.github.eksoidc.resource.Home;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Result;
import io.github.eksoidc.resource.Run;
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
final class Invocation implements Run, CallLog {

  private static final int NONCE_BYTES = 8;

  private final CloudFormationCustomResourceEvent event;
  private final Home home;
  private final Budget budget;
  private final Log log;
  private final SequencedMap<String, Integer> calls = new LinkedHashMap<>();
  private String physicalId;
  private String doing = "starting";
  private boolean stopped;

  /**
   * @param event that is answered
   * @param physicalId what the answer bears as long as the work says nothing else
   */
  Invocation(
      CloudFormationCustomResourceEvent event,
      Home home,
      Budget budget,
      Log log,
      String physicalId) {
    this.event = event;
    this.home = home;
    this.budget = budget;
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
  public Home home() {
    return home;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration remaining() {
    return budget.workRemaining();
  }

  @Override
  public void pause(Duration duration) {
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
  public synchronized void doing(String what) {
    checkNotStopped();
    doing = what;
  }

  @Override
  public synchronized void answerWith(String id) {
    checkNotStopped();
    physicalId = id;
  }

  @Override
  public int roomInAnswer(Result result) {
    return new Answer.Success(result).room(event);
  }

  @Override
  public void decided(String what, Map<String, ?> details) {
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
      T answer = call.get();
      logCall(action, answer.responseMetadata().requestId(), "OK");
      return answer;
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

  private synchronized OutOfTime outOfTime() {
    return new OutOfTime("The time was up while the function was " + doing + ".");
  }
}
