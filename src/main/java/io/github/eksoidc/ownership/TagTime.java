package io.github.eksoidc.ownership;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Times in tags, which anybody can have written who may tag the provider. */
final class TagTime {

  /** No function's clock is further ahead of another's. */
  static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(1);

  /** There was no function before. */
  private static final Instant EARLIEST = Instant.parse("2025-01-01T00:00:00Z");

  private TagTime() {}

  /** Reads a time; empty if the text is not exactly the form that the function writes. */
  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(Instant.parse(text)).filter(time -> time.toString().equals(text));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /**
   * Whether the function can have written a time.
   *
   * @param readAt when the tag was read
   * @param ahead how far the time may be ahead of the moment when it was written
   */
  static boolean isSane(Instant time, Instant readAt, Duration ahead) {
    return !time.isBefore(EARLIEST) && !time.isAfter(readAt.plus(ahead).plus(MAX_CLOCK_SKEW));
  }
}
