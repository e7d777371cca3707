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
    put(cluster, new Scenario("").foreign(cluster, STS, stacks), Map.of());
  }

  void managed(String cluster, String... stacks) {
    provider(cluster, STS, Map.of(), stacks);
  }

  /** A managed provider with other audiences and more tags. */
  void provider(
      String cluster, List<String> audiences, Map<String, String> more, String... stacks) {
    put(cluster, new Scenario("").managed(cluster, audiences, stacks), more);
  }

  private void put(String cluster, Scenario from, Map<String, String> more) {
    Entry entry = from.before.all().get(SimulatedAccount.arn(cluster));
    Map<String, String> tags = new HashMap<>(entry.tags());
    tags.putAll(more);
    script.iam.put(
        SimulatedAccount.issuer(cluster, 0).url(), Scenario.BEFORE, entry.audiences(), tags);
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

  // What happens.

  static String succeeds(Played request) {
    return succeeds(request, _ -> Optional.empty());
  }

  /** Returns the physical id of the response. */
  static String succeeds(Played request, Function<Step, Optional<CallResult>> otherwise) {
    Replay.Standing end = request.toEnd(otherwise);
    assertThat(end).isInstanceOf(Replay.Standing.Succeeded.class);
    return ((Replay.Standing.Succeeded) end).result().physicalId();
  }

  static String fails(Played request) {
    return fails(request, _ -> Optional.empty());
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

  /** Calls that are carried out, and whose responses are lost. */
  Function<Step, Optional<CallResult>> losing(Predicate<Step> which) {
    return step -> which.test(step) ? script.lost(step) : Optional.empty();
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

  /** The first read of a provider shows this. */
  Function<Step, Optional<CallResult>> readingFirst(Optional<Provider> shown) {
    List<Optional<Provider>> left = new ArrayList<>(List.of(shown));
    return step ->
        step instanceof Step.Find && !left.isEmpty()
            ? reading(left.removeFirst()).apply(step)
            : Optional.empty();
  }

  static boolean putsTags(Step step) {
    return step instanceof Step.Make(_, Change.PutTags _);
  }

  static boolean takesOver(Step step) {
    return step instanceof Step.Make(_, Change.PutTags(var tags)) && tags.containsKey(MANAGED);
  }

  static boolean isUndo(Step step) {
    return step instanceof Step.Delete
        || (step instanceof Step.Make(_, Change.RemoveTags(var keys))
            && keys.stream().anyMatch(key -> key.startsWith("eks-oidc-provider/claim/")));
  }

  static Request create(String stack, String cluster, String... audiences) {
    return create(stack, Scenario.properties(cluster, audiences));
  }

  static Request create(String stack, Map<String, Object> properties) {
    return new Request.Create(Scenario.resource(stack), properties);
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

  /** An Update of the stack "c", which has the provider of the cluster "a". */
  static Request update(Map<String, Object> to, Map<String, Object> from) {
    return update(SimulatedAccount.arn("a"), to, from);
  }

  /** An Update of the stack "c". */
  static Request update(String id, Map<String, Object> to, Map<String, Object> from) {
    return new Request.Update(Scenario.resource("c"), id, to, from);
  }

  /** The rollback to a cluster's provider of an Update to another one that is still running. */
  static Request rollBack(String stack, String to, String from) {
    return new Scenario("").rollBack(stack, from, to, STS).requests.getFirst();
  }
}
