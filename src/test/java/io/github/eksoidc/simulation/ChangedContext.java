package io.github.eksoidc.simulation;

import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.ResourceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** A request context of which a subclass changes one part. */
class ChangedContext implements RequestContext {

  private final RequestContext context;

  ChangedContext(RequestContext context) {
    this.context = context;
  }

  @Override
  public FunctionLocation location() {
    return context.location();
  }

  @Override
  public String requestId() {
    return context.requestId();
  }

  @Override
  public Instant sentAt() {
    return context.sentAt();
  }

  @Override
  public Instant now() {
    return context.now();
  }

  @Override
  public Duration remaining() {
    return context.remaining();
  }

  @Override
  public void sleep(Duration duration) {
    context.sleep(duration);
  }

  @Override
  public String nonce() {
    return context.nonce();
  }

  @Override
  public void reportProgress(String step) {
    context.reportProgress(step);
  }

  @Override
  public void usePhysicalId(Supplier<String> physicalId) {
    context.usePhysicalId(physicalId);
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return context.remainingResponseBytes(result);
  }

  @Override
  public void logDecision(String decision, Map<String, ?> details) {
    context.logDecision(decision, details);
  }
}
