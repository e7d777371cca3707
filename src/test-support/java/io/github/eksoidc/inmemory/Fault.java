package io.github.eksoidc.inmemory;

import java.time.Duration;

/** What can go wrong with one call. */
public sealed interface Fault {

  /** Done and answered, but late. */
  record Delay(Duration by) implements Fault {}

  /** Not done; the connection is closed without an answer. */
  record Drop() implements Fault {}

  /** Not done; the connection is reset. */
  record Reset() implements Fault {}

  /** Done, and then the connection is reset: the answer is lost. */
  record ResetAfter() implements Fault {}

  /** Done, but the answer breaks off in the middle. */
  record Cut() implements Fault {}

  /** Not done; answered with an error of AWS. */
  record Answer(int status, String code) implements Fault {}

  /** Never answered, and not done, as long as the other side waits. */
  record Hang() implements Fault {}

  /** Done, and then never answered, as long as the other side waits. */
  record HangAfter() implements Fault {}

  /** The connection is reset at once, and the call is done so much later. */
  record Late(Duration by) implements Fault {}

  /** Answered with a redirect. */
  record Redirect(String location) implements Fault {}
}
