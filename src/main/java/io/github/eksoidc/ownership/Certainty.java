package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.Providers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How far the last read of a provider can be trusted. IAM's reads may lag behind its writes.
 *
 * <p>The one rule for that: a read is <em>certain</em> if it shows the last thing that this request
 * wrote to the provider, and so everything that others wrote before, or if it began when reads
 * could not lag behind that any more.
 *
 * @param isKnown whether anything is known of the provider
 * @param isCertain whether everything is known that others wrote before this request's last write
 * @param from when reads become certain in any case; empty before the first one
 * @param lastWrite what this request wrote last; empty if a certain read need not show it
 * @param created when the provider was created that was seen last
 */
record Certainty(
    boolean isKnown,
    boolean isCertain,
    Optional<Instant> from,
    Optional<Change> lastWrite,
    Optional<Instant> created) {

  /** IAM shows the time of creation in whole seconds, by its own clock. */
  private static final Duration CREATED_PRECISION = Duration.ofSeconds(3);

  /** Nothing has been read. */
  static final Certainty NONE =
      new Certainty(false, false, Optional.empty(), Optional.empty(), Optional.empty());

  Certainty {
    requireNonNull(from, "from is null");
    requireNonNull(lastWrite, "lastWrite is null");
    requireNonNull(created, "created is null");
  }

  /**
   * A read begins.
   *
   * @param patience how long reads may lag, as far as this request has time for that
   */
  Certainty looking(Instant now, Duration patience) {
    return from.isPresent()
        ? this
        : new Certainty(isKnown, isCertain, Optional.of(now.plus(patience)), lastWrite, created);
  }

  /**
   * A read that began at a time has shown a provider, or none.
   *
   * @param shows whether the provider shows a change
   */
  Certainty read(Optional<Provider> shown, Instant at, Predicate<Change> shows) {
    boolean certain =
        from.filter(time -> !at.isBefore(time)).isPresent()
            || (shown.isPresent() ? lastWrite.filter(shows).isPresent() : isDeletedBy(at));
    return new Certainty(
        true, certain, from, lastWrite, shown.map(Provider::created).or(() -> created));
  }

  /**
   * A change of something that others look at was made.
   *
   * @param needsRead whether only a later read tells what others wrote before
   */
  Certainty wrote(Change change, Instant at, boolean needsRead) {
    return new Certainty(
        isKnown,
        isCertain && !needsRead,
        Optional.of(at.plus(Providers.MAX_LAG)),
        Optional.of(change),
        created);
  }

  /** The provider is known without a read, because a call of this request has told. */
  Certainty told() {
    return new Certainty(true, true, from, lastWrite, created);
  }

  /** What is known is not true any more. */
  Certainty outdated() {
    return new Certainty(false, isCertain, from, lastWrite, created);
  }

  /**
   * A deletion was sent that IAM may carry out later. Until then another one would only take the
   * lease away that keeps others from relying on the provider, and from creating it again. So only
   * a read counts that shows that it is gone, or that comes after that time.
   */
  Certainty inDoubt(Instant at) {
    return new Certainty(
        false, isCertain, Optional.of(at.plus(Lease.LATEST_CALL)), Optional.empty(), created);
  }

  /** Whether a read that shows nothing can't be one from before the provider was created. */
  private boolean isDeletedBy(Instant at) {
    return created
        .filter(c -> c.plus(Providers.MAX_LAG).plus(CREATED_PRECISION).isBefore(at))
        .isPresent();
  }
}
