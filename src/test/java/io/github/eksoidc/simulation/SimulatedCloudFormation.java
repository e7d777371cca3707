package io.github.eksoidc.simulation;

import static io.github.eksoidc.simulation.LifecycleRunner.Outcome;
import static io.github.eksoidc.simulation.LifecycleRunner.Sent;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A small CloudFormation: which requests it sends for a stack's operation, and what there must be
 * when it is over.
 */
final class SimulatedCloudFormation {

  /**
   * A resource of a stack, as CloudFormation knows it.
   *
   * @param missing whether somebody removed its provider since
   */
  private record Known(String physicalId, Map<String, Object> properties, boolean missing) {}

  private final LifecycleRunner life;
  private final Map<LogicalResource, Known> known = new LinkedHashMap<>();
  private final Map<String, Entry> foreign = new HashMap<>();
  private final List<String> violations = new ArrayList<>();

  SimulatedCloudFormation(LifecycleRunner life) {
    this.life = life;
  }

  boolean has(LogicalResource resource) {
    return known.containsKey(resource);
  }

  Set<LogicalResource> all() {
    return new HashSet<>(known.keySet());
  }

  Map<String, Object> properties(LogicalResource resource) {
    return known.get(resource).properties();
  }

  /** Somebody else makes a provider. */
  void foreignProvider(String cluster) {
    if (!life.iam.all().containsKey(SimulatedAccount.arn(cluster))) {
      life.iam.create(
          SimulatedAccount.CLUSTERS.get(cluster).url(),
          List.of("theirs"),
          List.of("c".repeat(40)),
          Map.of("owner", "somebody", "team", "theirs"));
      foreign.put(SimulatedAccount.arn(cluster), life.iam.all().get(SimulatedAccount.arn(cluster)));
    }
  }

  /** Somebody removes a provider, whoever made it. */
  void removeByHand(String cluster) {
    String arn = SimulatedAccount.arn(cluster);
    if (life.iam.all().containsKey(arn)) {
      life.iam.delete(arn);
      foreign.remove(arn);
      known.replaceAll(
          (_, k) -> k.physicalId().equals(arn) ? new Known(arn, k.properties(), true) : k);
    }
  }

  /** A stack that gets the resource; rolled back if that fails. */
  Sent create(LogicalResource resource, Map<String, Object> properties) {
    return new Sent(
        new Request.Create(resource, properties),
        false,
        outcome ->
            switch (outcome) {
              case Outcome.Succeeded(String id) -> {
                known.put(resource, new Known(id, properties, false));
                yield Optional.empty();
              }
              case Outcome.Failed(String id, _) ->
                  Optional.of(delete(resource, id, properties, false));
              case Outcome.Silence _ ->
                  Optional.of(delete(resource, "stack-P-1ABCDEFGHIJK", properties, true));
            });
  }

  /** A Create that is cancelled while it runs. */
  List<Sent> cancelled(LogicalResource resource, Map<String, Object> properties) {
    return List.of(
        // Never delivered again once its Delete is through: that is a known limit.
        new Sent(new Request.Create(resource, properties), true, _ -> Optional.empty()),
        delete(resource, "stack-P-1ABCDEFGHIJK", properties, false));
  }

  /** A stack that is updated; rolled back if that fails, or if another of its resources fails. */
  Sent update(LogicalResource resource, Map<String, Object> properties, boolean othersFail) {
    Known before = known.get(resource);
    return new Sent(
        new Request.Update(resource, before.physicalId(), properties, before.properties()),
        false,
        outcome ->
            switch (outcome) {
              case Outcome.Succeeded(String id) when othersFail ->
                  Optional.of(rollBack(resource, before, id, properties, false));
              case Outcome.Succeeded(String id) -> {
                known.put(resource, new Known(id, properties, false));
                yield cleanUp(resource, before.physicalId(), id, before.properties());
              }
              case Outcome.Failed(String id, String reason) -> {
                if (!id.equals(before.physicalId())) {
                  violations.add("a failed Update answered with another id: " + reason);
                }
                yield Optional.of(rollBack(resource, before, id, properties, false));
              }
              case Outcome.Silence _ ->
                  Optional.of(rollBack(resource, before, before.physicalId(), properties, true));
            });
  }

  private Sent rollBack(
      LogicalResource resource, Known before, String id, Map<String, Object> failed, boolean calm) {
    return new Sent(
        new Request.Update(resource, id, before.properties(), failed),
        calm,
        outcome ->
            switch (outcome) {
              case Outcome.Succeeded(String back) -> {
                known.put(resource, new Known(back, before.properties(), false));
                yield cleanUp(resource, id, back, failed);
              }
              case Outcome.Failed _ when before.missing() && isFail(before.properties()) -> {
                // Somebody else made what was removed, and it asks for its own: so it stays there.
                known.put(
                    resource,
                    id.equals(before.physicalId()) ? before : new Known(id, failed, false));
                yield Optional.empty();
              }
              case Outcome.Failed(_, String reason) when calm -> {
                violations.add("a rollback failed: " + reason);
                yield Optional.empty();
              }
              case Outcome.Failed _, Outcome.Silence _ ->
                  Optional.of(rollBack(resource, before, id, failed, true));
            });
  }

  private static boolean isFail(Map<String, Object> properties) {
    return "Fail".equals(properties.get("OnExisting"));
  }

  /** After an Update that answered with another id. */
  private Optional<Sent> cleanUp(
      LogicalResource resource, String old, String id, Map<String, Object> oldProperties) {
    return old.equals(id)
        ? Optional.empty()
        : Optional.of(deleteOf(resource, old, oldProperties, false, false));
  }

  /** A stack that gives the resource up. */
  Sent delete(LogicalResource resource) {
    Known before = known.get(resource);
    return delete(resource, before.physicalId(), before.properties(), false);
  }

  private Sent delete(
      LogicalResource resource, String id, Map<String, Object> properties, boolean calm) {
    return deleteOf(resource, id, properties, calm, true);
  }

  private Sent deleteOf(
      LogicalResource resource,
      String id,
      Map<String, Object> properties,
      boolean calm,
      boolean forgets) {
    return new Sent(
        new Request.Delete(resource, id, properties),
        calm,
        outcome ->
            switch (outcome) {
              case Outcome.Succeeded _ -> {
                if (forgets) {
                  known.remove(resource);
                }
                yield Optional.empty();
              }
              case Outcome.Failed(_, String reason) when calm -> {
                violations.add("a Delete failed: " + reason);
                yield Optional.empty();
              }
              case Outcome.Failed _, Outcome.Silence _ ->
                  Optional.of(deleteOf(resource, id, properties, true, forgets));
            });
  }

  /** What is not as it must be, now that nobody is at work. */
  List<String> check() {
    List<String> wrong = new ArrayList<>(violations);
    Map<String, Entry> account = life.iam.all();
    foreign.forEach(
        (arn, was) -> {
          Entry is = account.get(arn);
          if (is == null
              || !is.created().equals(was.created())
              || ContractRules.tookAway(was, is)) {
            wrong.add("rule 1: a foreign provider is " + is + ", was " + was);
          }
        });
    known.forEach((resource, k) -> checkKnown(resource, k, account.get(k.physicalId()), wrong));
    account.forEach((arn, entry) -> checkProvider(arn, entry, wrong));
    return wrong;
  }

  private static void checkKnown(
      LogicalResource resource, Known k, Entry entry, List<String> wrong) {
    if (k.missing()) {
      return;
    }
    if (entry == null || !ContractRules.claims(entry).contains(Claim.of(resource).id())) {
      wrong.add("rule 3: %s has no claim on %s: %s".formatted(resource, k.physicalId(), entry));
    } else if (!entry.audiences().containsAll(audiences(k.properties()))) {
      wrong.add("rule 4: %s lacks audiences: %s".formatted(resource, entry));
    } else if (!entry.tags().containsKey("team")) {
      wrong.add("rule 4: %s lacks its tag: %s".formatted(resource, entry));
    }
  }

  private void checkProvider(String arn, Entry entry, List<String> wrong) {
    Set<String> may = new HashSet<>();
    known.forEach(
        (resource, k) -> {
          if (k.physicalId().equals(arn)) {
            may.add(Claim.of(resource).id());
          }
        });
    Set<String> claims = ContractRules.claims(entry);
    if (!may.containsAll(claims)) {
      wrong.add("rule 5: a claim of nobody on " + arn + ": " + entry);
    }
    if (ContractRules.isManaged(entry) && claims.isEmpty()) {
      wrong.add("rule 2: nobody claims " + arn + ": " + entry);
    }
  }

  static List<?> audiences(Map<String, Object> properties) {
    return (List<?>) properties.get("ClientIdList");
  }

  /** After an Update that succeeded: a provider of this resource alone is exactly as asked. */
  Optional<String> checkExact(LogicalResource resource, Map<String, Object> desired) {
    Known k = known.get(resource);
    Entry entry = life.iam.all().get(k.physicalId());
    if (entry == null
        || !k.properties().equals(desired)
        || !ContractRules.isManaged(entry)
        || !ContractRules.claims(entry).equals(Set.of(Claim.of(resource).id()))) {
      return Optional.empty();
    }
    return Set.copyOf(entry.audiences()).equals(Set.copyOf(audiences(k.properties())))
        ? Optional.empty()
        : Optional.of("not as asked: %s, asked %s".formatted(entry, k.properties()));
  }
}
