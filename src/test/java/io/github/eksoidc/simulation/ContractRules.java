package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.resource.Request;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The five rules of who may delete, as checks of one step, of one state, and of the end.
 *
 * <p>A claim counts from when its request has answered SUCCESS: until then its request waits for
 * whoever takes something away, and makes good what is missing.
 */
final class ContractRules {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";

  private final Scenario scenario;
  private final boolean onlyForeign;

  ContractRules(Scenario scenario) {
    this.scenario = scenario;
    this.onlyForeign = scenario.staleReads > 0;
  }

  /** What a step did: rules 1, 2 and 4. Empty if it kept them. */
  Optional<String> ofStep(SimulationState before, InMemoryIam.Snapshot after, RequestDelivery by) {
    for (var entry : before.iam().entries().entrySet()) {
      String arn = entry.getKey();
      Entry was = entry.getValue();
      Entry is = after.entries().get(arn);
      boolean same = is != null && is.created().equals(was.created());
      if (!same && !isManaged(was)) {
        return Optional.of("rule 1: a provider was deleted that the function did not make");
      }
      if (!same) {
        // A claim whose request still waits for the outcome does not count: it makes the provider
        // anew.
        Set<String> others = settled(before, arn);
        others.retainAll(claims(was));
        others.remove(Claim.of(by.request().resource()).id());
        if (!others.isEmpty()) {
          return Optional.of("rule 2: deleted while others claim it: " + was.tags());
        }
        continue;
      }
      Set<String> counted = settled(before, arn);
      counted.retainAll(claims(was));
      counted.remove(Claim.of(by.request().resource()).id());
      if (!isManaged(was) && tookAway(was, is)) {
        return Optional.of("rule 1: a foreign provider lost something: " + was + " -> " + is);
      }
      if (!onlyForeign && !counted.isEmpty() && tookAway(was, is)) {
        return Optional.of("rule 4: a shared provider lost something: " + was + " -> " + is);
      }
    }
    return Optional.empty();
  }

  /** What holds at every moment: rule 3. */
  Optional<String> ofState(SimulationState world) {
    if (onlyForeign) {
      return Optional.empty();
    }
    for (RequestDelivery delivery : world.deliveries()) {
      if (!(delivery.standing() instanceof Replay.Standing.Succeeded(var result))
          || delivery.request() instanceof Request.Delete
          || isDeletedToo(delivery.request())) {
        continue;
      }
      Entry entry = world.iam().entries().get(result.physicalId());
      Claim claim = Claim.of(delivery.request().resource());
      if (entry == null || !claims(entry).contains(claim.id())) {
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
      if (!onlyForeign && isManaged(is) && claims(is).isEmpty()) {
        return Optional.of("rule 2: nobody claims it, and it is still there");
      }
    }
    if (onlyForeign) {
      return Optional.empty();
    }
    Map<String, Set<String>> claims = new TreeMap<>();
    world.iam().entries().forEach((arn, entry) -> claims.put(arn, claims(entry)));
    if (!claims.equals(new TreeMap<>(scenario.expectedClaims))) {
      return Optional.of("rule 5: left are " + claims + ", expected " + scenario.expectedClaims);
    }
    if (world.crashes() == 0 && world.lost() == 0) {
      for (Entry entry : world.iam().entries().values()) {
        for (String key : entry.tags().keySet()) {
          if (key.startsWith(OURS + "deleting/") || key.startsWith(OURS + "creating/")) {
            return Optional.of("a mark is left behind: " + key);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A request of the same resource that deletes what this one makes. */
  private boolean isDeletedToo(Request request) {
    return scenario.requests.stream()
        .anyMatch(
            other ->
                other instanceof Request.Delete && other.resource().equals(request.resource()));
  }

  /** The claims on a provider that count. */
  private Set<String> settled(SimulationState world, String arn) {
    Set<String> settled = new HashSet<>();
    Entry before = scenario.before.all().get(arn);
    if (before != null) {
      settled.addAll(claims(before));
    }
    for (RequestDelivery delivery : world.deliveries()) {
      if (delivery.standing() instanceof Replay.Standing.Succeeded(var result)
          && result.physicalId().equals(arn)
          && !(delivery.request() instanceof Request.Delete)) {
        settled.add(Claim.of(delivery.request().resource()).id());
      }
    }
    return settled;
  }

  static Set<String> claims(Entry entry) {
    Set<String> claims = new HashSet<>();
    for (String key : entry.tags().keySet()) {
      if (key.startsWith(CLAIM)) {
        claims.add(key.substring(CLAIM.length()));
      }
    }
    return claims;
  }

  static boolean isManaged(Entry entry) {
    return "true".equals(entry.tags().get(OURS + "managed"));
  }

  static boolean tookAway(Entry was, Entry is) {
    return !is.audiences().containsAll(was.audiences())
        || !is.thumbprints().containsAll(was.thumbprints())
        || was.tags().entrySet().stream()
            .anyMatch(
                tag ->
                    !tag.getKey().startsWith(OURS)
                        && !tag.getValue().equals(is.tags().get(tag.getKey())));
  }
}
