package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.Run;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Says on a provider that somebody is about to take something away from it, or all of it. Each
 * attempt has its own, so that none overwrites another's.
 *
 * @param nonce of this attempt
 * @param when it was made
 */
public record Mark(String nonce, Instant when) {

  public Mark {
    requireNonNull(nonce, "nonce is null");
    requireNonNull(when, "when is null");
  }

  static Mark fresh(Run run) {
    return new Mark(run.nonce(), run.now().truncatedTo(ChronoUnit.MILLIS));
  }

  /** The mark of the same attempt, made once more: a read that shows it is later than the first. */
  Mark again(Run run) {
    Instant now = run.now().truncatedTo(ChronoUnit.MILLIS);
    return new Mark(nonce, now.isAfter(when) ? now : when.plusMillis(1));
  }

  String key() {
    return Tags.DELETING + nonce;
  }

  String value() {
    return when.toString();
  }
}
