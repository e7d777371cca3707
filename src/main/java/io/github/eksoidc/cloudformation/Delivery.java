package io.github.eksoidc.cloudformation;

/**
 * What became of an answer.
 *
 * @param status whether the response arrived
 * @param attempts how often it was sent
 * @param detail the last status or error, for the log; says nothing of the URL
 */
public record Delivery(Status status, int attempts, String detail) {

  /** Whether an answer arrived. */
  public enum Status {
    /** The bucket took it. */
    DELIVERED,
    /** The bucket refused it for good: the URL has expired, or is not meant for this. */
    REJECTED,
    /** It did not arrive in time. */
    OUT_OF_TIME
  }

  /** Whether the bucket took it. */
  public boolean isDelivered() {
    return status == Status.DELIVERED;
  }
}
