package io.github.eksoidc.simulation;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resourcetype.IncompleteCreate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Requests that are under way at the same time, the account they find, and what is to come of them.
 */
final class Scenario {

  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  /** Where a request that has not come yet begins, for now. */
  static final Instant TO_COME = START.minus(Duration.ofDays(1));

  /** When what exists at the start was written. */
  static final Instant BEFORE = START.minusSeconds(3600);

  static final Duration TIMEOUT = Duration.ofMinutes(15).minusSeconds(11);

  String name;
  private Instant createdAt = BEFORE;
  final InMemoryIam before = new InMemoryIam("aws", "111122223333", () -> createdAt);
  final List<Request> requests = new ArrayList<>();
  final Map<String, Set<String>> expectedClaims = new HashMap<>();
  final Set<Integer> mayFail = new HashSet<>();
  final Set<Integer> mayCrash = new HashSet<>();

  final Set<Integer> later = new HashSet<>();

  /** Claims that a failed Create has left: nothing relies on them. */
  final Set<String> unsettled = new HashSet<>();

  final Set<String> goneClusters = new HashSet<>();

  /** Earlier states of the account, which a read may still show. */
  final List<SimulationState.Past> past = new ArrayList<>();

  int crashes;
  int lostAnswers;
  int staleReads;

  /** How often a request's pause may end while others are at work; any number where they rest. */
  int earlyWakes = 2;

  /** In which steps time passes: a pause ends with one of them. Zero: exactly when it is over. */
  Duration tick = Duration.ZERO;

  Protocol protocol = Protocol.UNCHANGED;

  Scenario(String name) {
    this.name = requireNonNull(name, "name is null");
  }

  static LogicalResource resource(String stack) {
    return new LogicalResource(
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/" + stack + "/1", "P");
  }

  static Claimant claimant(String stack) {
    return Claimant.of(resource(stack));
  }

  /** A provider that the function made, with the claims of these stacks. */
  Scenario managed(String cluster, List<String> audiences, String... stacks) {
    Map<String, String> tags = new HashMap<>(Map.of("eks-oidc-provider/managed", "true"));
    return provider(cluster, audiences, tags, stacks);
  }

  /** A provider that somebody else made. */
  Scenario foreign(String cluster, List<String> audiences, String... stacks) {
    return provider(cluster, audiences, new HashMap<>(Map.of("owner", "somebody")), stacks);
  }

  private Scenario provider(
      String cluster, List<String> audiences, Map<String, String> tags, String... stacks) {
    for (String stack : stacks) {
      tags.put(
          key(stack, "earlier-" + stack), claimOf(stack, "Create", "earlier-" + stack, cluster));
    }
    before.create(SimulatedAccount.issuer(cluster, 0).url(), audiences, List.of(), tags);
    return this;
  }

  /** An Update of a stack has claimed the provider. */
  Scenario updated(String stack, String cluster) {
    before.tag(
        SimulatedAccount.arn(cluster),
        Map.of(
            key(stack, "earlier-" + stack), claimOf(stack, "Update", "earlier-" + stack, cluster)));
    return this;
  }

  /** The key of the claim that a request has written. */
  static String key(String stack, String requestId) {
    return claimant(stack).key() + "/" + requestId;
  }

  /** Somebody has written odd tags on the provider. */
  Scenario tagged(String cluster, Map<String, String> odd) {
    before.tag(SimulatedAccount.arn(cluster), odd);
    return this;
  }

  private static String claimOf(String stack, String origin, String requestId, String cluster) {
    return "%s %s %s %s eu-west-1/%s"
        .formatted(claimant(stack).owner(), origin, requestId, BEFORE, cluster);
  }

  /** A failed Create has created the provider, or has claimed it. */
  Scenario incomplete(String stack, String cluster) {
    String arn = SimulatedAccount.arn(cluster);
    Map<String, String> claim =
        Map.of(key(stack, "failed-" + stack), claimOf(stack, "Create", "failed-" + stack, cluster));
    if (before.all().containsKey(arn)) {
      before.tag(arn, claim);
    } else {
      Map<String, String> tags = new HashMap<>(claim);
      tags.put("eks-oidc-provider/managed", "true");
      before.create(
          SimulatedAccount.issuer(cluster, 0).url(), List.of("sts.amazonaws.com"), List.of(), tags);
    }
    unsettled.add(claimant(stack).id());
    return this;
  }

  /** What follows was created a moment ago, and reads may still show an empty account. */
  Scenario justCreated() {
    createdAt = START.minusSeconds(1);
    past.add(
        new SimulationState.Past(
            START.minusSeconds(1), SimulatedAccount.empty(START.minusSeconds(3600)).snapshot()));
    return this;
  }

  Scenario gone(String cluster) {
    goneClusters.add(cluster);
    return this;
  }

  /** The Delete for the id of a failed Create. */
  Scenario cleanUp(String stack, String cluster) {
    String id = new IncompleteCreate("failed-" + stack, SimulatedAccount.arn(cluster)).physicalId();
    requests.add(new Request.Delete(resource(stack), id, properties(cluster)));
    return this;
  }

  /** The rollback of an Update that may still run. */
  Scenario rollBack(String stack, String from, String to, List<String> failed, String... old) {
    requests.add(
        new Request.Update(
            resource(stack),
            SimulatedAccount.arn(to),
            properties(to, old),
            properties(from, failed.toArray(String[]::new))));
    return this;
  }

  /** Begins a delivery of a request; the requests were sent one second after the other. */
  RequestDelivery begin(int index, String id, Instant now) {
    // Equal requests are deliveries of one request.
    int first = requests.indexOf(requests.get(index));
    Instant sent = START.minusSeconds(requests.size() - first);
    return RequestDelivery.begin(
        protocol, index, requests.get(index), id, "request-" + first, sent, now);
  }

  Scenario create(String stack, String cluster, String... audiences) {
    requests.add(new Request.Create(resource(stack), properties(cluster, audiences)));
    return this;
  }

  Scenario takeOver(String stack, String cluster) {
    requests.add(new Request.Create(resource(stack), ScriptTestBase.takeOver(cluster)));
    return this;
  }

  Scenario delete(String stack, String cluster) {
    requests.add(
        new Request.Delete(resource(stack), SimulatedAccount.arn(cluster), properties(cluster)));
    return this;
  }

  /** A person's release of a claim whose stack does not exist any more. */
  Scenario release(String stack, String cluster) {
    requests.add(
        new Request.Delete(resource(stack), SimulatedAccount.arn(cluster), Replay.RELEASE));
    return this;
  }

  /**
   * A Delete with an id that CloudFormation made up: it cancels the Create, which may not fail
   * others.
   */
  Scenario cancel(String stack, String cluster) {
    requests.add(
        new Request.Delete(resource(stack), stack + "-P-1ABCDEFGHIJK", properties(cluster)));
    return this;
  }

  Scenario update(String stack, String from, String to, List<String> old, String... audiences) {
    requests.add(
        new Request.Update(
            resource(stack),
            SimulatedAccount.arn(from),
            properties(to, audiences),
            properties(from, old.toArray(String[]::new))));
    return this;
  }

  /** In the end the provider of this cluster is there, with the claims of these stacks. */
  Scenario leaves(String cluster, String... stacks) {
    Set<String> claims = new HashSet<>();
    for (String stack : stacks) {
      claims.add(claimant(stack).id());
    }
    expectedClaims.put(SimulatedAccount.arn(cluster), claims);
    return this;
  }

  /** This request may fail: a Delete of the same resource overtakes it. */
  Scenario mayFail(int request) {
    mayFail.add(request);
    return this;
  }

  /** This request comes at any time at which the others rest. */
  Scenario later(int request) {
    later.add(request);
    return this;
  }

  Scenario wakingEarly(int times) {
    earlyWakes = times;
    return this;
  }

  /** So many requests may die, of these; they are delivered again. */
  Scenario crashing(int times, Integer... which) {
    crashes = times;
    mayCrash.addAll(List.of(which));
    return this;
  }

  /** So many calls may get no answer. */
  Scenario losing(int times) {
    lostAnswers = times;
    return this;
  }

  /** So many reads may show the account as it was. */
  Scenario stale(int times) {
    staleReads = times;
    return this;
  }

  Scenario breaking(Protocol broken) {
    protocol = broken;
    return this;
  }

  static Map<String, Object> properties(String cluster, String... audiences) {
    Map<String, Object> properties = new LinkedHashMap<>(Map.of("ClusterName", cluster));
    if (audiences.length > 0) {
      properties.put("ClientIdList", List.of(audiences));
    }
    return properties;
  }

  @Override
  public String toString() {
    return name;
  }
}
