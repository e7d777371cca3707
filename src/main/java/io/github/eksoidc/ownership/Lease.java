package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.RequestContext;
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
public record Lease(String nonce, Instant until) {

  /** For clocks that differ, and for a call that was on its way when the request was stopped. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  public Lease {
    requireNonNull(nonce, "nonce is null");
    requireNonNull(until, "until is null");
  }

  public static Lease fresh(RequestContext context) {
    Instant end = context.now().plus(context.remaining()).plus(GRACE);
    return new Lease(context.nonce(), end.truncatedTo(ChronoUnit.MILLIS));
  }

  /** The mark of the same attempt, made once more: a read that shows it is later than the first. */
  public Lease again() {
    return new Lease(nonce, until.plusMillis(1));
  }

  public String key() {
    return ProviderTags.DELETING + nonce;
  }

  public String value() {
    return until.toString();
  }
}
