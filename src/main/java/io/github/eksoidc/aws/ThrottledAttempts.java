package io.github.eksoidc.aws;

import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryUtils;

/**
 * Counts the attempts of AWS calls that AWS throttled, which the SDK repeats by itself. A
 * function's process handles one event at a time, so the difference over an event is the event's.
 */
public final class ThrottledAttempts {

  private static final AtomicLong COUNT = new AtomicLong();

  private ThrottledAttempts() {}

  /** Returns how many attempts AWS has throttled in this process. */
  public static long count() {
    return COUNT.get();
  }

  /** Counts a failed attempt if AWS throttled it, and returns whether it did. */
  static boolean count(Throwable failure) {
    boolean isThrottled =
        failure instanceof SdkException error && RetryUtils.isThrottlingException(error);
    if (isThrottled) {
      COUNT.incrementAndGet();
    }
    return isThrottled;
  }
}
