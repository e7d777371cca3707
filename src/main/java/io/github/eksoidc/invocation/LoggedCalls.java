package io.github.eksoidc.invocation;

import io.github.eksoidc.aws.CallInterceptor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Logs and counts each AWS call of an invocation, until its work is stopped. */
final class LoggedCalls implements CallInterceptor {

  private final Progress progress;
  private final JsonLog log;
  private final SequencedMap<String, Integer> counts = new LinkedHashMap<>();

  LoggedCalls(Progress progress, JsonLog log) {
    this.progress = progress;
    this.log = log;
  }

  /** Returns how often each action was called, in the order of the first calls. */
  synchronized Map<String, Integer> counts() {
    return new LinkedHashMap<>(counts);
  }

  @Override
  public <T> T call(String action, Supplier<T> call, Function<T, String> requestId) {
    progress.checkNotStopped();
    count(action);
    RandomNumbers.skip();
    try {
      T response = call.get();
      log(action, requestId.apply(response), "OK");
      return response;
    } catch (AwsServiceException e) {
      log(
          action,
          String.valueOf(e.requestId()),
          e.awsErrorDetails() == null
              ? "status " + e.statusCode()
              : String.valueOf(e.awsErrorDetails().errorCode()));
      throw e;
    }
  }

  private synchronized void count(String action) {
    counts.merge(action, 1, Integer::sum);
  }

  private void log(String action, String requestId, String outcome) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("action", action);
    fields.put("callRequestId", requestId);
    fields.put("outcome", outcome);
    log.info("call", fields);
  }
}
