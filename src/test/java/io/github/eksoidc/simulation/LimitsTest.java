package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What stays a limit, as docs/ownership.md lists it: each test has the name that the page has, and
 * shows the limit. A test that fails here means that the limit is gone: then it goes from the page.
 */
class LimitsTest {

  private static final Path PAGE = Path.of("docs/ownership.md");
  private static final List<String> STS = List.of("sts.amazonaws.com");
  private static final String MADE_UP_ID = "stack-P-1ABCDEFGHIJK";

  private final Script script = new Script();

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
            .toList();
    assertThat(named).containsExactlyInAnyOrderElementsOf(shown);
    assertThat(section.lines().filter(line -> line.startsWith("- "))).hasSameSizeAs(named);
  }

  @Test
  @DisplayName("A request delivered again after its Delete")
  void deliveredAfterItsDelete() {
    Played create = script.send(create("c", "a"));
    create.toEnd();
    succeeds(script.send(delete("c", "a")));
    assertThat(script.provider("a")).isEmpty();

    succeeds(create.again());

    assertThat(script.isClaimed("a", "c")).isTrue();
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
  @DisplayName("A Create that claimed and died, and whose cluster is gone at its next delivery")
  void clusterGoneAtTheNextDelivery() {
    Played create = script.send(create("c", "a"));
    create.until(Step.Create.class::isInstance).step();
    script.delete("a");
    String id = fails(create.again(), _ -> Optional.empty());
    assertThat(PhysicalIds.isNotCreated(id)).isTrue();

    succeeds(script.send(delete("c", id, "a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A canceled Update in place that removes something after its rollback")
  void canceledUpdateInPlace() {
    provider("a", List.of("x", "y"), Map.of(), "c");
    Played update = script.send(update("c", "a", "a", List.of("x", "y"), "x"));
    update.until(
        step -> step instanceof Step.Make(_, Change change) && change.equals(removing("y")));

    succeeds(script.send(update("c", "a", "a", List.of("x"), "x", "y")));
    update.toEnd();

    assertThat(script.provider("a").orElseThrow().audiences()).containsExactly("x");
  }

  @Test
  @DisplayName("A rollback to a cluster that was created again meanwhile")
  void rollbackToANewCluster() {
    provider("a", STS, Map.of(), "c");
    Played update = script.send(update("c", "a", "b", STS));
    update.until(Step.Create.class::isInstance);
    script.delete("a");
    script.create("a");

    succeeds(script.send(rollBack("c", "a", "b")));
    update.toEnd();

    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  /**
   * Of the same limit: the claim that the canceled Update renews looks like one of a later
   * rollback.
   */
  @Test
  void rollbackToANewClusterBesideAnUpdateInPlace() {
    provider("a", STS, Map.of(), "c");
    Map<String, Object> byName = Scenario.properties("a");
    Map<String, Object> byUrl = Map.of("Url", SimulatedAccount.issuer("a", 0).url());
    String arn = SimulatedAccount.arn("a");
    Played update = script.send(new Request.Update(Scenario.resource("c"), arn, byUrl, byName));
    script.delete("a");
    script.create("a");
    Request rollBack = new Request.Update(Scenario.resource("c"), arn, byName, byUrl);
    Played first = script.send(rollBack);
    update.toEnd();

    fails(first, _ -> Optional.empty());
    succeeds(script.send(rollBack));
  }

  @Test
  @DisplayName("A rollback whose calls to the other provider fail for good")
  void rollbackWithoutTheOtherProvider() {
    provider("a", STS, Map.of(), "c");
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
  @DisplayName("A canceled Update that claims late and can't undo it")
  void canceledUpdateThatCannotUndo() {
    provider("a", STS, Map.of(), "c");
    Played update = script.send(update("c", "a", "b", STS));
    update.until(Step.Create.class::isInstance);
    succeeds(script.send(rollBack("c", "a", "b")));

    fails(update, denying(LimitsTest::isUndo));

    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  @Test
  @DisplayName("An Update after a failed Create, two of whose calls fail for good")
  void updateAfterAFailedCreate() {
    provider("a", STS, Map.of(), "d");
    var failed = new IncompleteCreate("r0", Scenario.BEFORE, SimulatedAccount.arn("a"));
    var update =
        new Request.Update(
            Scenario.resource("c"),
            failed.physicalId(),
            Scenario.properties("a"),
            Scenario.properties("a"));

    fails(
        script.send(update),
        step ->
            step instanceof Step.Make(_, Change.PutTags _)
                ? script.lost(step)
                : denying(LimitsTest::isUndo).apply(step));
    succeeds(script.send(delete("c", failed.physicalId(), "a")));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  @DisplayName("A write that IAM carries out after its client has given up")
  void lateWrite() {
    provider("a", STS, Map.of(), "d");
    List<Step> late = new ArrayList<>();
    String id =
        fails(
            script.send(create("c", "a")),
            step -> {
              if (step instanceof Step.Make(_, Change.PutTags _)) {
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
    provider("a", STS, Map.of(), "c");
    Optional<?> before = SimulatedAccount.provider(script.provider("a").orElseThrow());
    script.iam.delete(SimulatedAccount.arn("a"));

    succeeds(
        script.send(update("c", "a", "a", STS)),
        step ->
            step instanceof Step.Find
                ? Optional.of(CallResult.value(before, script.now()))
                : Optional.empty());

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

    fails(script.send(rollBack("c", "a", "b")), _ -> Optional.empty());

    assertThat(Duration.between(begin, script.now())).isGreaterThan(Duration.ofMinutes(14));
  }

  @Test
  @DisplayName("A retained claim that an Update comes back to, and that fails late")
  void retainedClaim() {
    provider("a", STS, Map.of(), "c");
    provider("b", STS, Map.of(), "c");
    succeeds(script.send(update("c", "b", "a", STS)));

    // Another resource of the stack fails.
    succeeds(script.send(update("c", "a", "b", STS)));
    succeeds(script.send(delete("c", "a")));

    assertThat(script.provider("a")).isEmpty();
  }

  @Test
  @DisplayName("An Update that removes something from a provider with 50 tags")
  void fullOfTags() {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < 48; i++) {
      tags.put("tag" + i, "");
    }
    provider("a", List.of("x", "y"), tags, "c");

    fails(script.send(update("c", "a", "a", List.of("x", "y"), "x")), _ -> Optional.empty());

    // What needs no lease, and what gives up a claim, has room.
    succeeds(script.send(update("c", "a", "a", List.of("x"), "x", "y", "z")));
    succeeds(script.send(delete("c", "a")));
    assertThat(script.provider("a")).isEmpty();
  }

  // What happens.

  private static void succeeds(Played request) {
    succeeds(request, _ -> Optional.empty());
  }

  private static void succeeds(Played request, Function<Step, Optional<CallResult>> otherwise) {
    assertThat(request.toEnd(otherwise)).isInstanceOf(Replay.Standing.Succeeded.class);
  }

  /** Returns the physical id of the response. */
  private static String fails(Played request, Function<Step, Optional<CallResult>> otherwise) {
    Replay.Standing end = request.toEnd(otherwise);
    assertThat(end).isInstanceOf(Replay.Standing.FailedWith.class);
    return ((Replay.Standing.FailedWith) end).physicalId();
  }

  private Function<Step, Optional<CallResult>> denying(Predicate<Step> which) {
    return step ->
        which.test(step) ? Optional.of(CallResult.denied(script.now())) : Optional.empty();
  }

  private static boolean isUndo(Step step) {
    return step instanceof Step.Delete
        || (step instanceof Step.Make(_, Change.RemoveTags(var keys))
            && keys.stream().anyMatch(key -> key.startsWith("eks-oidc-provider/claim/")));
  }

  private static Change removing(String audience) {
    return new Change.RemoveAudience(audience);
  }

  private void provider(
      String cluster, List<String> audiences, Map<String, String> more, String... stacks) {
    Entry entry =
        new Scenario("")
            .managed(cluster, audiences, stacks)
            .before
            .all()
            .values()
            .iterator()
            .next();
    Map<String, String> tags = new HashMap<>(entry.tags());
    tags.putAll(more);
    script.iam.put(
        SimulatedAccount.issuer(cluster, 0).url(), Scenario.BEFORE, entry.audiences(), tags);
  }

  private static Request create(String stack, String cluster) {
    return new Request.Create(Scenario.resource(stack), Scenario.properties(cluster));
  }

  private static Request delete(String stack, String cluster) {
    return delete(stack, SimulatedAccount.arn(cluster), cluster);
  }

  private static Request delete(String stack, String id, String cluster) {
    return new Request.Delete(Scenario.resource(stack), id, Scenario.properties(cluster));
  }

  private static Request update(
      String stack, String from, String to, List<String> old, String... audiences) {
    return new Scenario("").update(stack, from, to, old, audiences).requests.getFirst();
  }

  /** The rollback to a cluster's provider of an Update to another one that is still running. */
  private static Request rollBack(String stack, String to, String from) {
    return new Scenario("").rollBack(stack, from, to, STS).requests.getFirst();
  }
}
