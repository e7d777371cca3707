package io.github.eksoidc.inmemory;

import java.time.Duration;

/** A fault of one call. */
public sealed interface Fault {

  /** AWS performs the call and responds late. */
  record Delay(Duration by) implements Fault {}

  /** AWS does not perform the call and closes the connection. */
  record Drop() implements Fault {}

  /** AWS does not perform the call and resets the connection. */
  record Reset() implements Fault {}

  /** AWS performs the call and resets the connection, so the response is lost. */
  record ResetAfter() implements Fault {}

  /** AWS performs the call and cuts the response. */
  record Cut() implements Fault {}

  /** AWS responds with an error. */
  record ErrorResponse(int status, String code) implements Fault {}

  /**
   * A policy denies the call.
   *
   * @param action that the role lacks
   * @param because the end of AWS's message
   */
  record Denied(String action, String because) implements Fault {}

  /** AWS neither performs the call nor responds. */
  record Hang() implements Fault {}

  /** AWS performs the call and does not respond. */
  record HangAfter() implements Fault {}

  /** AWS responds with a redirect. */
  record Redirect(String location) implements Fault {}
}
