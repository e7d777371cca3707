package io.github.eksoidc.ownership;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Looks at a provider in a store whose reads may lag behind its writes.
 *
 * <p>A read that shows what we wrote shows also all that others wrote before: this is how "write
 * mine, then read all" is kept.
 */
public final class ConsistentReads {

  /** How often a read may miss a write before it counts as undone by somebody else. */
  private static final int PATIENCE = 6;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(20);

  private ConsistentReads() {}

  /** The pauses between two looks at the same thing. */
  public static Backoff backoff(RequestContext context) {
    return new Backoff(context, FIRST_PAUSE, MAX_PAUSE);
  }

  /**
   * Looks until the provider shows what we wrote.
   *
   * @return the provider as last seen, which shows it, unless somebody undid it; empty if it is
   *     gone
   */
  public static Optional<Provider> await(
      Predicate<Provider> shown, Providers providers, ProviderArn arn, RequestContext context) {
    return await(shown, providers, arn, context, PATIENCE);
  }

  /** The same, looking again at most {@code patience} times. */
  public static Optional<Provider> await(
      Predicate<Provider> shown,
      Providers providers,
      ProviderArn arn,
      RequestContext context,
      int patience) {
    Backoff backoff = backoff(context);
    for (int misses = 0; ; misses++) {
      Optional<Provider> seen = providers.find(arn);
      if (misses == patience || (seen.isPresent() && shown.test(seen.get()))) {
        return seen;
      }
      backoff.pause();
    }
  }

  /**
   * Waits while another request may be taking something away.
   *
   * @throws RequestFailedException if it has not come to its end in time
   */
  public static void pauseFor(
      Set<String> others, Provider provider, ProviderArn arn, Backoff backoff) {
    try {
      backoff.pause();
    } catch (DeadlineExceededException e) {
      Optional<Instant> expiryOf = Ownership.of(provider).expiryOf(others);
      throw new RequestFailedException(
          "Another request is taking away from %s what it does not need any more, and did not end in time. %s"
              .formatted(
                  arn,
                  expiryOf
                      .map(at -> "Try again; after %s it counts as dead.".formatted(at))
                      .orElse(
                          "If there is none, remove the tag %s%s and try again."
                              .formatted(ProviderTags.DELETING, others.iterator().next()))),
          e);
    }
  }
}
