package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Providers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The right to remove something from a provider, or all of it, until a time. Each attempt has its
 * own, so that none overwrites another's.
 *
 * @param nonce of this attempt: 16 lower-case hex digits
 * @param until when the lease expires, also if its holder died
 */
public record Lease(String nonce, Instant until) {

  /** A request that died keeps others waiting for this long at the most. */
  static final Duration DURATION = Duration.ofMinutes(3);

  /**
   * How late IAM may carry out a call after its first attempt: one minute. A deletion has one
   * attempt, and those of another write end before that.
   */
  static final Duration LATEST_CALL = Providers.MAX_LAG.multipliedBy(3);

  private static final Pattern KEY =
      Pattern.compile(Pattern.quote(OwnershipTags.LEASE) + "([0-9a-f]{16})");

  public Lease {
    requireNonNull(nonce, "nonce is null");
    until = until.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Reads a tag, which anybody can have written who may tag the provider.
   *
   * @param readAt when the tag was read
   * @return empty if the tag is not exactly a lease that the function can have written until then:
   *     it is nobody's, and blocks nobody
   */
  static Optional<Lease> parse(String key, String value, Instant readAt) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return TagTime.parse(value)
        .filter(until -> TagTime.isSane(until, readAt, DURATION))
        .map(until -> new Lease(matcher.group(1), until))
        .filter(lease -> lease.value().equals(value));
  }

  /**
   * The same lease, to be written now. Never the same value twice: a read from before it was
   * removed would show it.
   */
  Lease renewed(Instant now) {
    Instant end = now.plus(DURATION);
    return new Lease(nonce, end.isAfter(until) ? end : until.plusMillis(1));
  }

  /** The same lease, which lasts only as long as a call that was sent now may take. */
  Lease endingWithCall(Instant now) {
    Instant end = now.plus(LATEST_CALL);
    return end.isBefore(until) ? new Lease(nonce, end) : this;
  }

  /** Whether a call that is sent now is carried out before the lease expires. */
  boolean coversCall(Instant now) {
    return now.plus(LATEST_CALL).isBefore(until);
  }

  /** Stores the lease. */
  Change put() {
    return new Change.PutTags(Map.of(key(), value()));
  }

  String key() {
    return OwnershipTags.LEASE + nonce;
  }

  String value() {
    return until.toString();
  }
}
