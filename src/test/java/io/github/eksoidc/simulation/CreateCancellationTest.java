package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers.Modification;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a Delete that cancels a Create does when its time comes to an end. */
class CreateCancellationTest {

  private static final LogicalResource RESOURCE = new LogicalResource("stack", "P");
  private static final Claimant CLAIMANT = Claimant.of(RESOURCE);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final Instant END = START.plus(TIMEOUT);

  /** What a read of all providers shows, each of which then takes a call to read. */
  private static final int MANY = 40;

  private static final String DUAL_STACK =
      "arn:aws:iam::111122223333:oidc-provider/oidc-eks.eu-west-1.api.aws/id/AAAA";

  private final List<Instant> looks = new ArrayList<>();

  @Test
  void ofACreateThatShowsNothingItLooksUntilJustBeforeItsTimeIsUp() {
    assertThat(play(Optional.empty())).isInstanceOf(Replay.Standing.Succeeded.class);

    assertThat(looks.getLast())
        .isBetween(END.minus(Duration.ofSeconds(3)), END.minus(Duration.ofSeconds(1)));
    // Not more often than an EKS that is busy with others can bear.
    assertThat(looks).hasSizeLessThan(60);
  }

  /** The cluster has no issuer yet, so the claim may be on any provider of the Region. */
  @Test
  void ofACreateWithManyCandidatesItSucceedsInTimeToo() {
    cluster = new Cluster("CREATING", "1.33", Optional.empty());

    assertThat(play(Optional.empty())).isInstanceOf(Replay.Standing.Succeeded.class);

    assertThat(looks).hasSizeGreaterThan(MANY);
    assertThat(looks.getLast()).isBefore(END);
  }

  @Test
  void aReleaseThatDoesNotEndInTimeIsNotTakenForDone() {
    var tags = new TreeMap<String, String>();
    tags.put("eks-oidc-provider/managed", "true");
    tags.put(CLAIMANT.key() + "/earlier", CLAIMANT.owner() + " Create earlier " + START);
    // Reads that lag for ever: they never show the lease that was put.
    var claimed = new Provider(START, List.of("sts.amazonaws.com"), List.of(), tags);

    assertThat(play(Optional.of(claimed))).isInstanceOf(Replay.Standing.FailedWith.class);
  }

  private Cluster cluster =
      new Cluster("ACTIVE", "1.33", Optional.of(SimulatedAccount.issuer("a", 0)));

  /** Plays the Delete to its end, against an account in which every look shows the same. */
  private Replay.Standing play(Optional<Provider> shown) {
    var request =
        new Request.Delete(RESOURCE, "stack-P-1ABCDEFGHIJK", Map.of("ClusterName", "main"));
    return Replay.toEnd(request, START, TIMEOUT, (step, now) -> result(step, shown, now));
  }

  private Object result(Step step, Optional<Provider> shown, Instant now) {
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
        looks.add(now);
        yield shown;
      }
      case Step.Make _ -> Modification.DONE;
      case Step.Pause _ -> "woke";
      default -> throw new AssertionError(step);
    };
  }
}
