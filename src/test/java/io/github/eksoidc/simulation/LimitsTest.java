package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.resourcetype.IncompleteCreate;
import io.github.eksoidc.simulation.Script.Played;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What stays a limit, as docs/ownership.md lists it: each test has the name that the page has, and
 * shows the limit. A test that fails here means that the limit is gone: then it goes from the page.
 */
class LimitsTest extends ScriptTestBase {

  private static final Path PAGE = Path.of("docs/ownership.md");

  @Test
  void thePageNamesTheseLimitsAndNoOther() throws IOException {
    String section =
        Files.readString(PAGE).split("\n## What stays a limit\n", 2)[1].split("\n## ", 2)[0];
    List<String> named =
        Pattern.compile("^- \\*\\*(.+?)\\*\\*", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(section)
            .results()
            .map(match -> match.group(1).replaceAll("\\s+", " "))
            .toList();
    List<String> shown =
        Arrays.stream(LimitsTest.class.getDeclaredMethods())
            .map((Method test) -> test.getAnnotation(DisplayName.class))
            .filter(Objects::nonNull)
            .map(DisplayName::value)
            .distinct()
            .toList();
    assertThat(named).containsExactlyInAnyOrderElementsOf(shown);
    assertThat(section.lines().filter(line -> line.startsWith("- "))).hasSameSizeAs(named);
  }

  @Test
  @DisplayName("A request that is at work after a later one that leaves no claim")
  void deliveredAfterItsDelete() {
    Played create = script.send(create("c", "a"));
    create.toEnd();
    succeeds(script.send(delete("c", "a")));
    assertThat(script.provider("a")).isEmpty();

    succeeds(create.again());

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A request that is at work after a later one that leaves no claim")
  void deliveredAfterAnUpdateInPlace() {
    Played create = script.send(create("c", "a", "x"));
    create.toEnd();
    succeeds(script.send(update("c", "a", "a", List.of("x"), "x", "y")));

    succeeds(create.again());

    assertThat(script.provider("a").orElseThrow().audiences()).containsExactly("x");
  }

  @Test
  @DisplayName("A canceled Create that left nothing, and a retry within 15 minutes")
  void retryOfACanceledCreate() {
    succeeds(script.send(create("c", "a")));
    script.pass(Duration.ofMinutes(10));

    succeeds(script.send(delete("c", MADE_UP_ID, "a")));

    assertThat(script.isClaimed("a", "c")).isFalse();
  }

  @Test
  @DisplayName("The Delete of a canceled Create that comes after more than 15 minutes")
  void lateDeleteOfACanceledCreate() {
    script.send(create("c", "a")).until(Step.Create.class::isInstance).step();
    script.pass(Duration.ofMinutes(16));

    succeeds(script.send(delete("c", MADE_UP_ID, "a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("Two deliveries of one request that end differently")
  void deliveriesThatEndDifferently() {
    Played create = script.send(create("c", "a"));
    String id = fails(create, denying(Step.Create.class::isInstance));
    succeeds(create.again());

    succeeds(script.send(delete("c", id, "a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A canceled Update in place that removes something after its rollback")
  void canceledUpdateInPlace() {
    provider("a", List.of("x", "y"), Map.of(), "c");
    Played update = script.send(update("c", "a", "a", List.of("x", "y"), "x"));
    update.until(step -> step instanceof Step.Make(_, Change.RemoveAudience _));

    succeeds(script.send(update("c", "a", "a", List.of("x"), "x", "y")));
    update.toEnd();

    assertThat(script.provider("a").orElseThrow().audiences()).containsExactly("x");
  }

  @Test
  @DisplayName("A request whose calls that would undo its claim fail for good")
  void rollbackWithoutTheOtherProvider() {
    managed("a", "c");
    script.send(update("c", "a", "b", STS)).until(Step.Create.class::isInstance).step();

    String other = SimulatedAccount.arn("b");
    succeeds(
        script.send(rollBack("c", "a", "b")),
        denying(
            step ->
                step instanceof Step.ListAll
                    || step.provider().filter(arn -> arn.toString().equals(other)).isPresent()));

    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  @Test
  @DisplayName("A request whose calls that would undo its claim fail for good")
  void canceledUpdateThatCannotUndo() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Step.Create.class::isInstance);
    succeeds(script.send(rollBack("c", "a", "b")));

    fails(update, denying(LimitsTest::isUndo));

    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  @Test
  @DisplayName("A request whose calls that would undo its claim fail for good")
  void updateAfterAFailedCreate() {
    managed("a", "d");
    var failed = new IncompleteCreate("r0", SimulatedAccount.arn("a"));
    Map<String, Object> same = Scenario.properties("a");

    fails(
        script.send(update(failed.physicalId(), same, same)),
        step -> putsTags(step) ? script.lost(step) : denying(LimitsTest::isUndo).apply(step));
    succeeds(script.send(delete("c", failed.physicalId(), "a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A write that IAM carries out after its client has given up")
  void lateWrite() {
    managed("a", "d");
    List<Step> late = new ArrayList<>();
    String id =
        fails(
            script.send(create("c", "a")),
            step -> {
              if (putsTags(step)) {
                late.add(step);
                return Optional.of(CallResult.noResponse(script.now()));
              }
              return Optional.empty();
            });
    succeeds(script.send(delete("c", id, "a")));
    assertThat(script.isClaimed("a", "c")).isFalse();

    late.forEach(script::perform);

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A provider that is removed by hand less than 20 seconds before an unchanged Update")
  void removedByHand() {
    managed("a", "c");
    Optional<Provider> before = shown("a");
    script.iam.delete(SimulatedAccount.arn("a"));

    succeeds(script.send(update("c", "a", "a", STS)), reading(before));

    assertThat(script.provider("a")).isEmpty();
  }

  @Test
  @DisplayName("A provider that is claimed again less than 20 seconds before its last two Deletes")
  void claimedAgain() {
    Instant claimed = Scenario.START.minusSeconds(1);
    var scenario = new Scenario("claimed again").managed("a", STS, "c");
    scenario.past.add(new SimulationState.Past(claimed, scenario.before.snapshot()));
    scenario.before.tag(
        SimulatedAccount.arn("a"),
        Map.of(Scenario.key("d", "late"), "d/P Create late %s eu-west-1/a".formatted(claimed)));
    scenario.delete("c", "a").delete("d", "a").stale(1);

    assertThat(Explorer.explore(scenario, 10_000).violation().orElse(""))
        .contains("nobody claims it, and it is still there");
  }

  /** As docs/troubleshooting.md says among the requests that take a long time. */
  @Test
  void rollbackThatCannotGoBack() {
    script.delete("a");
    Instant begin = script.now();

    fails(script.send(rollBack("c", "a", "b")));

    assertThat(Duration.between(begin, script.now())).isGreaterThan(Duration.ofMinutes(14));
  }

  @Test
  @DisplayName("A retained claim that an Update comes back to, and that fails late")
  void retainedClaim() {
    managed("a", "c");
    managed("b", "c");
    succeeds(script.send(update("c", "b", "a", STS)));

    // Another resource of the stack fails.
    succeeds(script.send(update("c", "a", "b", STS)));
    succeeds(script.send(delete("c", "a")));

    assertThat(script.provider("a")).isEmpty();
  }

  @Test
  @DisplayName("An Update that removes something from a provider with 50 tags")
  void fullOfTags() {
    provider("a", List.of("x", "y"), filler(48), "c");

    fails(script.send(update("c", "a", "a", List.of("x", "y"), "x")));

    // What needs no lease, and what gives up a claim, has room.
    succeeds(script.send(update("c", "a", "a", List.of("x"), "x", "y", "z")));
    succeeds(script.send(delete("c", "a")));
    assertThat(script.provider("a")).isEmpty();
  }

  @Test
  @DisplayName("A canceled request after a failed Create")
  void canceledRetry() {
    managed("a", "d");
    // The failed Create r1 has claimed (its response was lost, say).
    String id = fails(script.send(create("c", "a")), losing(LimitsTest::putsTags));
    assertThat(script.isClaimed("a", "c")).isTrue();
    Played retry = script.send(create("c", "a")).until(Step.Make.class::isInstance).step();
    // canceled
    succeeds(script.send(delete("c", MADE_UP_ID, "a")));
    succeeds(script.send(delete("c", id, "a")));
    retry.toEnd();
    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A canceled request after a failed Create")
  void canceledUpdateAfterAFailedCreate() {
    managed("a", "d");
    var failed = new IncompleteCreate("r0", SimulatedAccount.arn("a"));
    Map<String, Object> same = Scenario.properties("a");
    Played update = script.send(update(failed.physicalId(), same, same));
    update.until(Step.Make.class::isInstance).step();
    succeeds(script.send(delete("c", failed.physicalId(), "a")));
    update.toEnd();
    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A rollback that brings back tags for which others have taken the room")
  void rollbackWithoutRoom() {
    provider("a", STS, Map.of("x0", "v"), "c");
    succeeds(script.send(update(Scenario.properties("a"), tags("a", "x", 1))));
    assertThat(script.provider("a").orElseThrow().tags()).doesNotContainKey("x0");
    succeeds(script.send(create("d", tags("a", "d", 37))));
    fails(script.send(update(tags("a", "x", 1), Scenario.properties("a"))));
  }

  @Test
  @DisplayName("A takeover in place that is rolled back")
  void takeoverInPlace() {
    foreign("a", "c");
    succeeds(script.send(update(takeOver("a"), Scenario.properties("a"))));
    succeeds(script.send(update(Scenario.properties("a"), takeOver("a"))));
    assertThat(isManaged("a")).isTrue();
  }

  @Test
  @DisplayName("Two stacks that take over at the same time")
  void secondTakeover() {
    foreign("a");
    Played create = script.send(create("c", takeOver("a")));
    create.toEnd();
    succeeds(script.send(create("d", takeOver("a"))));
    succeeds(script.send(delete("c", MADE_UP_ID, "a")));
    assertThat(isManaged("a")).isFalse();
  }

  @Test
  @DisplayName("A request that is at work after a later one that leaves no claim")
  void outlivesItsStack() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Step.Create.class::isInstance);
    succeeds(script.send(rollBack("c", "a", "b")));
    script.pass(Duration.ofMinutes(1));
    succeeds(script.send(delete("c", "a")));
    assertThat(script.provider("a")).isEmpty();
    update.toEnd();
    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  @Test
  @DisplayName("A request that is at work after a later one that leaves no claim")
  void canceledUpdateInPlaceOutlivesItsStack() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "a", STS, "sts.amazonaws.com", "x"));
    update.until(Step.Find.class::isInstance);
    succeeds(
        script.send(update("c", "a", "a", List.of("sts.amazonaws.com", "x"), "sts.amazonaws.com")));
    succeeds(script.send(delete("c", "a")));
    update.toEnd();
    assertThat(script.provider("a")).isPresent();
  }

  @Test
  @DisplayName("A request that is at work after a later one that leaves no claim")
  void secondDeliveryOfACreateBesideItsDelete() {
    Played create = script.send(create("c", "a"));
    Played second = create.again();
    succeeds(create);
    second.until(Step.Find.class::isInstance);
    succeeds(script.send(delete("c", "a")));
    second.toEnd();
    assertThat(script.provider("a")).isPresent();
  }
}
