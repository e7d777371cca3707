package io.github.eksoidc.cloudformation;

import io.github.eksoidc.cloudformation.Delivery.Status;
import io.github.eksoidc.timing.Backoff;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends a response to its pre-signed URL.
 *
 * <p>The PUT has no content type, because the signature covers an empty one, and does not follow
 * redirects. After a network error or a 5xx status it is sent again with exponential backoff, until
 * the deadline.
 */
public final class ResponseSender {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** The timeout of one attempt, which also gets at most half of the remaining time. */
  private static final Duration MAX_ATTEMPT_TIME = Duration.ofSeconds(10);

  private final Supplier<Duration> remaining;

  /**
   * @param remaining the time until the deadline
   */
  public ResponseSender(Supplier<Duration> remaining) {
    this.remaining = remaining;
  }

  /** Sends a response until it is accepted, rejected, or the deadline is reached. Never throws. */
  public Delivery send(ResponseUrl target, byte[] body) {
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    String detail = "no time was left to send it";
    for (int attempt = 1; ; attempt++) {
      Duration left = remaining.get();
      if (!left.isPositive()) {
        return new Delivery(Status.DEADLINE_EXCEEDED, attempt - 1, detail);
      }
      try {
        int status = put(target, body, left);
        detail = "status " + status;
        if (status / 100 == 2) {
          return new Delivery(Status.DELIVERED, attempt, detail);
        }
        if (status / 100 != 5) {
          return new Delivery(Status.REJECTED, attempt, detail);
        }
      } catch (IOException | RuntimeException e) {
        // Only the exception's type: its message may quote the URL.
        detail = e.getClass().getSimpleName();
      }
      if (!sleep(backoff.next())) {
        return new Delivery(Status.DEADLINE_EXCEEDED, attempt, detail);
      }
    }
  }

  private static int put(ResponseUrl target, byte[] body, Duration left) throws IOException {
    int timeout = (int) Math.max(1, Math.min(MAX_ATTEMPT_TIME.toMillis(), left.toMillis() / 2));
    var connection = (HttpURLConnection) target.url().openConnection();
    try {
      connection.setRequestMethod("PUT");
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setConnectTimeout(timeout);
      connection.setReadTimeout(timeout);
      connection.setDoOutput(true);
      // This also keeps the JDK from repeating the PUT by itself.
      connection.setFixedLengthStreamingMode(body.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  /** Returns between half the pause and all of it, so that functions do not retry in step. */
  private static Duration jittered(Duration pause) {
    // A new generator each time: functions restored from one snapshot would share its state.
    return pause.dividedBy(2).plusMillis(new SecureRandom().nextLong(pause.toMillis() / 2));
  }

  /** Sleeps for a pause with jitter; false if the deadline is nearer than that. */
  private boolean sleep(Duration pause) {
    Duration jittered = jittered(pause);
    if (remaining.get().compareTo(jittered) <= 0) {
      return false;
    }
    try {
      Thread.sleep(jittered);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
