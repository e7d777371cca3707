package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Says on a provider that somebody is about to take something away from it, or all of it. Each
 * attempt has its own, so that none overwrites another's.
 *
 * @param nonce of this attempt
 * @param until when the request that made it is at its end, whatever became of it
 */
public record Mark(String nonce, Instant until) {

  /** For clocks that differ, and for a call that was on its way when the request was stopped. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  public Mark {
    requireNonNull(nonce, "nonce is null");
    requireNonNull(until, "until is null");
  }

  static Mark fresh(Run run) {
    Instant end = run.now().plus(run.remaining()).plus(GRACE);
    return new Mark(run.nonce(), end.truncatedTo(ChronoUnit.MILLIS));
  }

  /** The mark of the same attempt, made once more: a read that shows it is later than the first. */
  Mark again() {
    return new Mark(nonce, until.plusMillis(1));
  }

  String key() {
    return Tags.DELETING + nonce;
  }

  String value() {
    return until.toString();
  }
}
