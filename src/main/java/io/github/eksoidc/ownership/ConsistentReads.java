package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.Durations;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads one provider from IAM, whose reads may lag behind its writes.
 *
 * <p>A read that shows what this request wrote also shows what others wrote to the same provider
 * before. A read that begins {@link Providers#MAX_LAG} after a moment shows everything up to that
 * moment.
 */
final class ConsistentReads {

  /** What has to be left of the time for a request that gives up waiting. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  /** IAM shows the time of creation in whole seconds, by its own clock. */
  private static final Duration CREATED_PRECISION = Duration.ofSeconds(3);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  private final Providers providers;
  private final ProviderArn arn;
  private final RequestContext context;
  private Provider lastSeen;

  ConsistentReads(Providers providers, ProviderArn arn, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Pauses between two reads of the same provider. */
  Backoff backoff() {
    return new Backoff(context, FIRST_PAUSE, MAX_PAUSE);
  }

  /** Reads once. */
  Optional<Provider> read() {
    Optional<Provider> seen = providers.find(arn);
    seen.ifPresent(provider -> lastSeen = provider);
    return seen;
  }

  /**
   * Reads until the provider is as expected or certainly deleted, and at the longest until reads
   * can't lag behind this call any more.
   *
   * @return the last read: as expected, or certain
   */
  Optional<Provider> readUntil(Predicate<Provider> expected) {
    return read(
        seen -> seen.map(expected::test).orElseGet(this::isAbsenceCertain), Duration.ofDays(1));
  }

  /**
   * The same, but any read that shows no provider ends it: for a request that creates the provider
   * then, and so learns from IAM whether it exists.
   */
  Optional<Provider> readUntilExpectedOrAbsent(Predicate<Provider> expected) {
    return read(seen -> seen.map(expected::test).orElse(true), Duration.ofDays(1));
  }

  /**
   * The same as {@link #readUntil}, for a request that is better completed on an uncertain read
   * than not at all: it waits only as long as its time allows.
   */
  Optional<Provider> readUntilIfTimeAllows(Predicate<Provider> expected) {
    return read(
        seen -> seen.map(expected::test).orElseGet(this::isAbsenceCertain),
        context.remaining().minus(RESERVE));
  }

  private Optional<Provider> read(Predicate<Optional<Provider>> expected, Duration atMost) {
    Instant end = context.now().plus(Durations.shorter(Providers.MAX_LAG, atMost));
    Backoff backoff = backoff();
    while (true) {
      boolean last = !context.now().isBefore(end);
      Optional<Provider> seen = read();
      if (last || expected.test(seen)) {
        return seen;
      }
      context.sleep(Durations.shorter(backoff.next(), Duration.between(context.now(), end)));
    }
  }

  /** Whether a read that shows nothing can't be one from before the provider was created. */
  private boolean isAbsenceCertain() {
    return lastSeen != null
        && lastSeen
            .created()
            .plus(Providers.MAX_LAG)
            .plus(CREATED_PRECISION)
            .isBefore(context.now());
  }

  /**
   * Waits while others hold leases.
   *
   * @throws RequestFailedException if they still hold them when the time is up
   */
  void pauseFor(Set<String> leases, Provider provider, Backoff backoff) {
    try {
      backoff.pause();
    } catch (DeadlineExceededException e) {
      throw new RequestFailedException(
          "Another request is removing something from %s and did not finish in time. %s"
              .formatted(
                  arn,
                  Ownership.of(provider)
                      .expiryOf(leases)
                      .map(at -> "Try again after %s.".formatted(at))
                      .orElse(
                          "If there is no such request, remove the tag %s%s and try again."
                              .formatted(OwnershipTags.LEASE, leases.iterator().next()))),
          e);
    }
  }
}
