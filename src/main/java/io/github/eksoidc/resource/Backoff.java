package io.github.eksoidc.resource;

import java.time.Duration;

/**
 * Growing pauses: each is half as long again as the last, up to a longest one.
 *
 * <p>One object serves one wait.
 */
public final class Backoff {

  private final RequestContext context;
  private final Duration longest;
  private Duration next;

  public Backoff(RequestContext context, Duration first, Duration longest) {
    this.context = context;
    this.next = first;
    this.longest = longest;
  }

  /**
   * Waits for the next pause.
   *
   * @throws DeadlineExceededException if the work may not take so long
   */
  public void pause() {
    context.sleep(next());
  }

  /** How long the next pause is, for one who makes it in another way. */
  public Duration next() {
    Duration now = next;
    Duration grown = now.plus(now.dividedBy(2));
    next = grown.compareTo(longest) > 0 ? longest : grown;
    return now;
  }
}
