package io.github.eksoidc.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The invocation in which one request is handled: its time, its place, and what it leaves to be
 * told if it has to be stopped. Nothing of it outlives the request.
 */
public interface RequestContext {

  /** Where the function runs. */
  FunctionLocation location();

  /** The time of day. */
  Instant now();

  /** How long the work may still take; zero or less when it must end. */
  Duration remaining();

  /**
   * Waits.
   *
   * @throws DeadlineExceededException if the work may not take so long
   */
  void sleep(Duration duration);

  /** A text that no other run ever gets: 16 lower-case hex digits. */
  String nonce();

  /**
   * Says what is being done, as in "waiting for the issuer of cluster x": the answer says it if the
   * work has to be stopped there.
   *
   * @throws DeadlineExceededException if the work has been stopped
   */
  void reportProgress(String what);

  /** From here on an answer bears this id, also one that says that the work failed. */
  void usePhysicalId(String physicalId);

  /**
   * How many bytes the answer would still have room for if it bore this result; less than zero if
   * it would not fit.
   */
  int remainingResponseBytes(ResourceResult result);

  /** Puts on record what was decided, for the log. */
  void logDecision(String what, Map<String, ?> details);
}
