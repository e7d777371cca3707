package io.github.eksoidc.cloudformation;

import io.github.eksoidc.cloudformation.Delivery.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * PUTs an answer to its pre-signed URL.
 *
 * <p>Without a content type, since the signature covers an empty one; redirects are not followed.
 * What fails on the way, or with a status of 5xx, is sent again after a growing pause, until the
 * time is up.
 */
public final class ResponseSender {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** How long one attempt may take, and never more than half of what is left. */
  private static final Duration MAX_ATTEMPT_TIME = Duration.ofSeconds(10);

  private final Supplier<Duration> remaining;

  /**
   * @param remaining how much time there still is
   */
  public ResponseSender(Supplier<Duration> remaining) {
    this.remaining = remaining;
  }

  /** Sends an answer, until it has arrived, is refused, or the time is up. Never throws. */
  public Delivery send(ResponseUrl target, byte[] body) {
    Duration pause = FIRST_PAUSE;
    String detail = "there was no time for it";
    for (int attempt = 1; ; attempt++) {
      Duration left = remaining.get();
      if (!left.isPositive()) {
        return new Delivery(Status.OUT_OF_TIME, attempt - 1, detail);
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
        // Only its kind: its message may quote the URL.
        detail = e.getClass().getSimpleName();
      }
      if (!sleep(jittered(pause))) {
        return new Delivery(Status.OUT_OF_TIME, attempt, detail);
      }
      pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
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
      // Also keeps the JDK from sending it again by itself.
      connection.setFixedLengthStreamingMode(body.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  /** Between half the pause and all of it, so that many functions don't come back at once. */
  private static Duration jittered(Duration pause) {
    // Not of a generator that copies of one snapshot would share.
    return pause.dividedBy(2).plusMillis(new SecureRandom().nextLong(pause.toMillis() / 2));
  }

  /** Sleeps; false, at once, if there is no time left after it. */
  private boolean sleep(Duration pause) {
    if (remaining.get().compareTo(pause) <= 0) {
      return false;
    }
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
