package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.simulation.Script.Played;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Requests of stacks in one certain order, and what they find and leave. */
abstract class ScriptTestBase {

  static final List<String> STS = List.of("sts.amazonaws.com");
  static final String MADE_UP_ID = "stack-P-1ABCDEFGHIJK";
  static final String MANAGED = "eks-oidc-provider/managed";

  final Script script = new Script();

  // The account.

  void foreign(String cluster, String... stacks) {
    Entry entry =
        new Scenario("").foreign(cluster, STS, stacks).before.all().values().iterator().next();
    script.iam.put(
        SimulatedAccount.issuer(cluster, 0).url(),
        Scenario.BEFORE,
        entry.audiences(),
        entry.tags());
  }

  static Map<String, Object> with(String cluster, String property, Object value) {
    Map<String, Object> properties = Scenario.properties(cluster);
    properties.put(property, value);
    return properties;
  }

  static Map<String, Object> takeOver(String cluster) {
    return with(cluster, "OnExisting", "TakeOver");
  }

  boolean isManaged(String cluster) {
    return "true".equals(script.provider(cluster).orElseThrow().tags().get(MANAGED));
  }

  static Map<String, Object> thumb(String cluster, String t) {
    return with(cluster, "ThumbprintList", List.of(t.repeat(40)));
  }

  static Map<String, Object> tags(String cluster, String prefix, int n) {
    List<Map<String, String>> tags = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tags.add(Map.of("Key", prefix + i, "Value", "v"));
    }
    return with(cluster, "Tags", tags);
  }

  /** Tags that somebody has put on a provider. */
  static Map<String, String> filler(int n) {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < n; i++) {
      tags.put("tag" + i, "");
    }
    return tags;
  }

  static Request inPlace(Map<String, Object> to, Map<String, Object> from) {
    return new Request.Update(Scenario.resource("c"), SimulatedAccount.arn("a"), to, from);
  }

  // What happens.

  static void succeeds(Played request) {
    succeeds(request, _ -> Optional.empty());
  }

  static void succeeds(Played request, Function<Step, Optional<CallResult>> otherwise) {
    assertThat(request.toEnd(otherwise)).isInstanceOf(Replay.Standing.Succeeded.class);
  }

  /** Returns the physical id of the response. */
  static String fails(Played request, Function<Step, Optional<CallResult>> otherwise) {
    Replay.Standing end = request.toEnd(otherwise);
    assertThat(end).isInstanceOf(Replay.Standing.FailedWith.class);
    return ((Replay.Standing.FailedWith) end).physicalId();
  }

  Function<Step, Optional<CallResult>> denying(Predicate<Step> which) {
    return step ->
        which.test(step) ? Optional.of(CallResult.denied(script.now())) : Optional.empty();
  }

  /** What a read shows of a provider now. */
  Optional<Provider> shown(String cluster) {
    return SimulatedAccount.provider(script.provider(cluster).orElseThrow());
  }

  /** Each read of a provider shows this. */
  Function<Step, Optional<CallResult>> reading(Optional<Provider> shown) {
    return step ->
        step instanceof Step.Find
            ? Optional.of(CallResult.value(shown, script.now()))
            : Optional.empty();
  }

  static boolean isUndo(Step step) {
    return step instanceof Step.Delete
        || (step instanceof Step.Make(_, Change.RemoveTags(var keys))
            && keys.stream().anyMatch(key -> key.startsWith("eks-oidc-provider/claim/")));
  }

  static Change removing(String audience) {
    return new Change.RemoveAudience(audience);
  }

  void provider(
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

  static Request create(String stack, String cluster, String... audiences) {
    return new Request.Create(Scenario.resource(stack), Scenario.properties(cluster, audiences));
  }

  static Request delete(String stack, String cluster) {
    return delete(stack, SimulatedAccount.arn(cluster), cluster);
  }

  static Request delete(String stack, String id, String cluster) {
    return new Request.Delete(Scenario.resource(stack), id, Scenario.properties(cluster));
  }

  static Request update(
      String stack, String from, String to, List<String> old, String... audiences) {
    return new Scenario("").update(stack, from, to, old, audiences).requests.getFirst();
  }

  /** The rollback to a cluster's provider of an Update to another one that is still running. */
  static Request rollBack(String stack, String to, String from) {
    return new Scenario("").rollBack(stack, from, to, STS).requests.getFirst();
  }
}
