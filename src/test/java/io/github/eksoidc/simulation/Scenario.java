package io.github.eksoidc.simulation;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Requests that are under way at the same time, the account they find, and what is to come of them.
 */
final class Scenario {

  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  static final Duration TIMEOUT = Duration.ofMinutes(15).minusSeconds(11);

  String name;
  final InMemoryIam before = SimulatedAccount.empty(START.minusSeconds(3600));
  final List<Request> requests = new ArrayList<>();
  final Map<String, Set<String>> expectedClaims = new HashMap<>();
  final Set<Integer> mayFail = new HashSet<>();
  final Set<Integer> mayCrash = new HashSet<>();
  int crashes;
  int lostAnswers;
  int staleReads;

  /** How often a request's pause may end while others are at work; any number where they rest. */
  int earlyWakes = 2;

  BiFunction<Providers, RequestContext, Providers> protocol = (providers, _) -> providers;

  Scenario(String name) {
    this.name = requireNonNull(name, "name is null");
  }

  static LogicalResource resource(String stack) {
    return new LogicalResource(
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/" + stack + "/1", "P");
  }

  static Claim claim(String stack) {
    return Claim.of(resource(stack));
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
      tags.put("eks-oidc-provider/claim/" + claim(stack).id(), claim(stack).owner());
    }
    before.create(SimulatedAccount.CLUSTERS.get(cluster).url(), audiences, List.of(), tags);
    return this;
  }

  Scenario create(String stack, String cluster, String... audiences) {
    requests.add(new Request.Create(resource(stack), properties(cluster, audiences)));
    return this;
  }

  Scenario delete(String stack, String cluster) {
    requests.add(
        new Request.Delete(resource(stack), SimulatedAccount.arn(cluster), properties(cluster)));
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
      claims.add(claim(stack).id());
    }
    expectedClaims.put(SimulatedAccount.arn(cluster), claims);
    return this;
  }

  /** This request may fail: a Delete of the same resource overtakes it. */
  Scenario mayFail(int request) {
    mayFail.add(request);
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

  Scenario breaking(BiFunction<Providers, RequestContext, Providers> broken) {
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
