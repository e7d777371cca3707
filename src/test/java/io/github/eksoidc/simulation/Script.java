package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.resource.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Requests that are played in one certain order, each as far as the test wants. */
final class Script {

  private static final Duration CALL = Duration.ofMillis(100);

  private Instant now = Scenario.START;
  private int requests;
  private int deliveries;
  private final Map<String, Integer> clusters = new HashMap<>();

  final InMemoryIam iam = new InMemoryIam("aws", "111122223333", () -> now);

  /** One delivery of a request. */
  final class Played {
    private final String requestId;
    private final Instant sentAt;
    private RequestDelivery delivery;

    private Played(Request request, String requestId, Instant sentAt) {
      this.requestId = requestId;
      this.sentAt = sentAt;
      this.delivery =
          RequestDelivery.begin(
              Protocol.UNCHANGED, 0, request, "d" + ++deliveries, requestId, sentAt, now);
    }

    /** Plays it up to the first step of a kind, and not that step. */
    Played until(Predicate<Step> which) {
      while (delivery.step().filter(which.negate()).isPresent()) {
        next(_ -> Optional.empty());
      }
      return this;
    }

    boolean isOver() {
      return delivery.isOver();
    }

    /** Plays one step. */
    Played step() {
      next(_ -> Optional.empty());
      return this;
    }

    Replay.Standing toEnd() {
      return toEnd(_ -> Optional.empty());
    }

    /** Plays it to its end; some of its calls end otherwise. */
    Replay.Standing toEnd(Function<Step, Optional<CallResult>> otherwise) {
      while (!delivery.isOver()) {
        next(otherwise);
      }
      return delivery.standing();
    }

    /** Another delivery of the same request, which begins now. */
    Played again() {
      return new Played(delivery.request(), requestId, sentAt);
    }

    private void next(Function<Step, Optional<CallResult>> otherwise) {
      Step step = delivery.step().orElseThrow();
      now = now.plus(step instanceof Step.Pause(Duration pause) ? pause : CALL);
      CallResult result = otherwise.apply(step).orElseGet(() -> perform(step));
      delivery = delivery.hearing(result, Protocol.UNCHANGED, false);
    }
  }

  /** Whether a request waits until reads can't lag any more, before it reads another provider. */
  static boolean waitsForReads(Step step) {
    return step instanceof Step.Pause(Duration pause) && pause.toSeconds() >= 20;
  }

  Script() {
    create("a");
    create("b");
  }

  /** Creates a cluster or, after it was deleted, creates it again. */
  void create(String cluster) {
    clusters.merge(cluster, 0, (was, _) -> -was);
  }

  /** Deletes a cluster. */
  void delete(String cluster) {
    clusters.computeIfPresent(cluster, (_, generation) -> -generation - 1);
  }

  /** CloudFormation sends a request, which it never does twice in one second for a resource. */
  Played send(Request request) {
    now = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    return new Played(request, "r" + ++requests, now);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  CallResult perform(Step step) {
    if (step instanceof Step.Describe(String name)) {
      int generation = clusters.getOrDefault(name, -1);
      return CallResult.value(
          Optional.of(generation)
              .filter(g -> g >= 0)
              .map(
                  g ->
                      new Cluster("ACTIVE", "1.33", Optional.of(SimulatedAccount.issuer(name, g)))),
          now);
    }
    return SimulatedAccount.perform(step, iam, now);
  }

  /** The call is carried out, and its response is lost. */
  Optional<CallResult> lost(Step step) {
    perform(step);
    return Optional.of(
        step instanceof Step.Delete
            ? CallResult.value(Deletion.UNKNOWN, now)
            : CallResult.noResponse(now));
  }

  Optional<Entry> provider(String cluster) {
    return Optional.ofNullable(iam.all().get(SimulatedAccount.arn(cluster)));
  }

  boolean isClaimed(String cluster, String stack) {
    Claimant claimant = Scenario.claimant(stack);
    return provider(cluster).map(ObservedTags::claims).orElse(Set.of()).contains(claimant.id());
  }
}
