package io.github.eksoidc.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The context of one request: its deadline, the function's location, and what the response contains
 * if the request is stopped. No state of it outlives the request.
 */
public interface RequestContext {

  /** Lambda's longest timeout: a request that began earlier has ended. */
  Duration LONGEST_RUN = Duration.ofMinutes(15);

  /** The partition, Region and account of the function. */
  FunctionLocation location();

  /** The request's id, as {@link RequestIds#plain}. Two deliveries of one request have the same. */
  String requestId();

  /**
   * When CloudFormation sent the request, to the second; the same for two deliveries of it. If that
   * is unknown, when this delivery began.
   */
  Instant sentAt();

  /** The current time. */
  Instant now();

  /** The time until the request's deadline; zero or negative if it has passed. */
  Duration remaining();

  /**
   * Sleeps.
   *
   * @throws DeadlineExceededException if the deadline is nearer than that
   */
  void sleep(Duration duration);

  /** Returns a random, unique value: 16 lower-case hex digits. */
  String nonce();

  /**
   * Reports the current step, such as "waiting for the issuer of cluster x", for the reason of a
   * request that is stopped there.
   *
   * @throws DeadlineExceededException if the request has been stopped
   */
  void reportProgress(String step);

  /**
   * Sets the physical id for the response of a request that fails or is stopped from now on.
   *
   * @param physicalId is asked when the response is written, by another thread than the request's
   */
  void usePhysicalId(Supplier<String> physicalId);

  /**
   * Returns how many bytes a response with this result can still hold; negative if the result does
   * not fit.
   */
  int remainingResponseBytes(ResourceResult result);

  /** Logs a decision and its details. */
  void logDecision(String decision, Map<String, ?> details);
}
