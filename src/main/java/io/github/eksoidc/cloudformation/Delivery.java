package io.github.eksoidc.cloudformation;

/**
 * Whether a response arrived.
 *
 * @param status the result
 * @param attempts how often the response was sent
 * @param detail the last HTTP status or the type of the last error, for the log; never the URL
 */
public record Delivery(Status status, int attempts, String detail) {

  /** The possible results. */
  public enum Status {
    /** The bucket accepted the response. */
    DELIVERED,
    /** The bucket rejected the response for good, for example because the URL has expired. */
    REJECTED,
    /** The response did not arrive before the deadline. */
    DEADLINE_EXCEEDED
  }

  /** Whether the bucket accepted the response. */
  public boolean isDelivered() {
    return status == Status.DELIVERED;
  }
}
