package io.github.eksoidc.provider;

import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Run;
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
final class Look {

  /** How often a read may miss a write before it counts as undone by somebody else. */
  private static final int PATIENCE = 6;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private Look() {}

  /** The pauses between two looks at the same thing. */
  static Pauses pauses(Run run) {
    return new Pauses(run, FIRST_PAUSE, LONGEST_PAUSE);
  }

  /**
   * Looks until the provider shows what we wrote.
   *
   * @return the provider as last seen, which shows it, unless somebody undid it; empty if it is
   *     gone
   */
  static Optional<Provider> until(
      Predicate<Provider> shown, Providers providers, ProviderArn arn, Run run) {
    return until(shown, providers, arn, run, PATIENCE);
  }

  /** The same, looking again at most {@code patience} times. */
  static Optional<Provider> until(
      Predicate<Provider> shown, Providers providers, ProviderArn arn, Run run, int patience) {
    Pauses pauses = pauses(run);
    for (int misses = 0; ; misses++) {
      Optional<Provider> seen = providers.find(arn);
      if (misses == patience || (seen.isPresent() && shown.test(seen.get()))) {
        return seen;
      }
      pauses.pause();
    }
  }

  /**
   * Waits while another request may be taking something away.
   *
   * @throws Refusal if it has not come to its end in time
   */
  static void pauseFor(Set<String> others, Provider provider, ProviderArn arn, Pauses pauses) {
    try {
      pauses.pause();
    } catch (OutOfTime e) {
      Optional<Instant> deadAfter = provider.deadAfter(others);
      throw new Refusal(
          "Another request is taking away from %s what it does not need any more, and did not end in time. %s"
              .formatted(
                  arn,
                  deadAfter
                      .map(at -> "Try again; after %s it counts as dead.".formatted(at))
                      .orElse(
                          "If there is none, remove the tag %s%s and try again."
                              .formatted(Tags.DELETING, others.iterator().next()))),
          e);
    }
  }
}
