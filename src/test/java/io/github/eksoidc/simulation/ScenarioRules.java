package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.resource.Request;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checks rules 1 to 5 of this package for a scenario: after one step, in one state, and at the end.
 *
 * <p>A claim counts from the moment at which its request has responded with SUCCESS: until then its
 * request waits for others that remove something, and adds what is missing.
 */
final class ScenarioRules {

  private static final String OURS = "eks-oidc-provider/";

  private final Scenario scenario;

  ScenarioRules(Scenario scenario) {
    this.scenario = scenario;
  }

  /** What a step did: rules 1, 2 and 4. Empty if it kept them. */
  Optional<String> ofStep(SimulationState before, InMemoryIam.Snapshot after, RequestDelivery by) {
    for (var entry : before.iam().entries().entrySet()) {
      String arn = entry.getKey();
      Entry was = entry.getValue();
      Entry is = after.entries().get(arn);
      boolean same = is != null && is.created().equals(was.created());
      if (!same && !ObservedTags.isManaged(was)) {
        return Optional.of("rule 1: a provider was deleted that is not managed");
      }
      if (!same) {
        // A claim whose request still waits for the outcome does not count: it makes the provider
        // anew.
        Set<String> others = settled(before, arn);
        others.retainAll(ObservedTags.claims(was));
        others.remove(Claimant.of(by.request().resource()).id());
        if (!others.isEmpty()) {
          return Optional.of("rule 2: deleted while others claim it: " + was.tags());
        }
        continue;
      }
      Set<String> counted = settled(before, arn);
      counted.retainAll(ObservedTags.claims(was));
      counted.remove(Claimant.of(by.request().resource()).id());
      if (!ObservedTags.isManaged(was) && ObservedTags.tookAway(was, is)) {
        return Optional.of(
            "rule 1: a provider that is not managed lost something: " + was + " -> " + is);
      }
      if (!counted.isEmpty() && ObservedTags.tookAway(was, is)) {
        return Optional.of("rule 4: a shared provider lost something: " + was + " -> " + is);
      }
    }
    return Optional.empty();
  }

  /** What holds at every moment: rules 3 and 4. */
  Optional<String> ofState(SimulationState world) {
    for (RequestDelivery delivery : world.deliveries()) {
      if (!(delivery.standing() instanceof Replay.Standing.Succeeded(var result))
          || delivery.request() instanceof Request.Delete
          || scenario.mayFail.contains(delivery.index())
          || isDeletedToo(delivery.request(), result.physicalId())) {
        continue;
      }
      Entry entry = world.iam().entries().get(result.physicalId());
      Claimant claimant = Claimant.of(delivery.request().resource());
      if (entry == null || !ObservedTags.claims(entry).contains(claimant.id())) {
        return Optional.of(
            "rule 3: %s succeeded, but its provider is %s"
                .formatted(delivery.id(), entry == null ? "gone" : "without its claim"));
      }
      Object desired = delivery.request().properties().get("ClientIdList");
      if (desired instanceof List<?> audiences && !entry.audiences().containsAll(audiences)) {
        return Optional.of(
            "rule 4: %s succeeded, but its audiences are gone".formatted(delivery.id()));
      }
    }
    return Optional.empty();
  }

  /** What is left when everybody is done: rules 2 and 5. */
  Optional<String> ofEnd(SimulationState world) {
    for (var entry : world.iam().entries().entrySet()) {
      Entry is = entry.getValue();
      if (ObservedTags.isManaged(is) && ObservedTags.claims(is).isEmpty()) {
        return Optional.of("rule 2: nobody claims it, and it is still there");
      }
    }
    Map<String, Set<String>> claims = new TreeMap<>();
    world.iam().entries().forEach((arn, entry) -> claims.put(arn, ObservedTags.claims(entry)));
    if (!claims.equals(new TreeMap<>(scenario.expectedClaims))) {
      return Optional.of("rule 5: left are " + claims + ", expected " + scenario.expectedClaims);
    }
    if (world.crashes() == 0 && world.lost() == 0 && world.stale() == 0) {
      for (Entry entry : world.iam().entries().values()) {
        for (String key : entry.tags().keySet()) {
          if (key.startsWith(OURS + "deleting/") && !isOfBefore(key)) {
            return Optional.of("a lease is left behind: " + key);
          }
        }
      }
    }
    return Optional.empty();
  }

  private boolean isOfBefore(String key) {
    return scenario.before.all().values().stream().anyMatch(e -> e.tags().containsKey(key));
  }

  /** A request of the same resource that deletes what this one makes. */
  private boolean isDeletedToo(Request request, String arn) {
    return scenario.requests.stream()
        .anyMatch(
            other ->
                other instanceof Request.Delete delete
                    && other.resource().equals(request.resource())
                    && !delete.physicalId().startsWith("incomplete/")
                    && (!delete.physicalId().startsWith("arn:")
                        || delete.physicalId().equals(arn)));
  }

  /** The claims on a provider that count. */
  private Set<String> settled(SimulationState world, String arn) {
    Set<String> settled = new HashSet<>();
    Entry before = scenario.before.all().get(arn);
    if (before != null) {
      settled.addAll(ObservedTags.claims(before));
      settled.removeAll(scenario.unsettled);
    }
    for (RequestDelivery delivery : world.deliveries()) {
      if (delivery.standing() instanceof Replay.Standing.Succeeded(var result)
          && result.physicalId().equals(arn)
          && !(delivery.request() instanceof Request.Delete)) {
        settled.add(Claimant.of(delivery.request().resource()).id());
      }
    }
    return settled;
  }
}
