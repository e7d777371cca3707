package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.provider.ProviderArn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a Delete that cancels a Create does when its time comes to an end. */
class CreateCancellationTest extends ScriptTestBase {

  /** What a read of all providers shows, each of which then takes a call to read. */
  private static final int MANY = 40;

  private static final String DUAL_STACK =
      "arn:aws:iam::111122223333:oidc-provider/oidc-eks.eu-west-1.api.aws/id/AAAA";

  private final List<Instant> looks = new ArrayList<>();

  @Test
  void ofACreateThatShowsNothingItLooksUntilJustBeforeItsTimeIsUp() {
    Instant end =
        cancel(new Cluster("ACTIVE", "1.33", Optional.of(SimulatedAccount.issuer("a", 0))));

    assertThat(looks.getLast())
        .isBetween(end.minus(Duration.ofSeconds(3)), end.minus(Duration.ofSeconds(1)));
    // Not more often than an EKS that is busy with others can bear.
    assertThat(looks).hasSizeLessThan(89);
  }

  /** The cluster has no issuer yet, so the claim may be on any provider of the Region. */
  @Test
  void ofACreateWithManyCandidatesItSucceedsInTimeToo() {
    Instant end = cancel(new Cluster("CREATING", "1.33", Optional.empty()));

    assertThat(looks).hasSizeGreaterThan(MANY);
    assertThat(looks.getLast()).isBefore(end);
  }

  @Test
  void aReleaseThatDoesNotEndInTimeIsNotTakenForDone() {
    succeeds(script.send(create("c", "a")));

    // Reads that lag for ever: they never show the lease that was put.
    fails(script.send(delete("c", MADE_UP_ID, "a")), reading(shown("a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  /**
   * Plays the Delete to its end, against an account in which every look shows nothing. Returns when
   * its time is up.
   */
  private Instant cancel(Cluster cluster) {
    var delete = script.send(delete("c", MADE_UP_ID, "a"));
    Instant end = script.now().plus(Scenario.TIMEOUT);
    succeeds(delete, step -> Optional.of(CallResult.value(shown(step, cluster), script.now())));
    return end;
  }

  private Object shown(Step step, Cluster cluster) {
    return switch (step) {
      case Step.Describe _ -> Optional.of(cluster);
      case Step.ListAll() ->
          Stream.concat(
                  Stream.of(DUAL_STACK),
                  IntStream.range(0, MANY).mapToObj(i -> SimulatedAccount.arn("a", i)))
              .map(arn -> ProviderArn.parse(arn).orElseThrow())
              .toList();
      case Step.Find(ProviderArn arn) -> {
        assertThat(arn).as("the role may not read it").doesNotHaveToString(DUAL_STACK);
        looks.add(script.now());
        yield Optional.empty();
      }
      case Step.Pause _ -> "woke";
      default -> throw new AssertionError(step);
    };
  }
}
