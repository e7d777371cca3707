package io.github.eksoidc.invocation;

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
import java.util.function.ToIntFunction;

/**
 * What the core learns of an invocation, and what it tells.
 *
 * @param responseBytes how many bytes a response with a result can still hold
 */
record InvocationContext(
    String requestId,
    Instant sentAt,
    FunctionLocation location,
    Deadlines deadlines,
    Progress progress,
    JsonLog log,
    ToIntFunction<ResourceResult> responseBytes)
    implements RequestContext {

  private static final int NONCE_BYTES = 8;

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
      throw progress.deadlineExceeded();
    }
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw progress.deadlineExceeded();
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
  public void reportProgress(String step) {
    progress.report(step);
  }

  @Override
  public void usePhysicalId(Supplier<String> physicalId) {
    progress.usePhysicalId(physicalId);
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return responseBytes.applyAsInt(result);
  }

  @Override
  public void logDecision(String decision, Map<String, ?> details) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("decision", decision);
    details.forEach((key, value) -> fields.put(key, JsonLog.bounded(value)));
    log.info("decision", fields);
  }
}
