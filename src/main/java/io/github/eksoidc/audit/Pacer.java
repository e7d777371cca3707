package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;

/** Spreads calls evenly over time, so that they stay below an API's rate. */
final class Pacer {

  private final RequestContext context;
  private final Duration interval;
  private Instant next = Instant.MIN;

  Pacer(RequestContext context, int callsPerSecond) {
    this.context = requireNonNull(context, "context is null");
    this.interval = Duration.ofSeconds(1).dividedBy(callsPerSecond);
  }

  /**
   * Waits until the next call may be made.
   *
   * @throws io.github.eksoidc.resource.DeadlineExceededException if the deadline is nearer than
   *     that
   */
  void pause() {
    Duration wait = Duration.between(context.now(), reserve());
    if (wait.isPositive()) {
      context.sleep(wait);
    }
  }

  private synchronized Instant reserve() {
    Instant now = context.now();
    Instant reserved = next.isBefore(now) ? now : next;
    next = reserved.plus(interval);
    return reserved;
  }
}
