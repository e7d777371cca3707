package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The account and everybody at work on it, at one moment.
 *
 * @param past the states of the account before, for reads that lag
 * @param retried whether what failed has been tried again
 */
record SimulationState(
    InMemoryIam.Snapshot iam,
    Instant clock,
    List<RequestDelivery> deliveries,
    int crashes,
    int lost,
    int stale,
    List<Past> past,
    Optional<LateDeletion> late,
    boolean retried) {

  /** The account until a moment. */
  record Past(Instant until, InMemoryIam.Snapshot iam) {}

  /**
   * A deletion whose caller has received no response.
   *
   * @param latest before which it is carried out, if at all
   */
  record LateDeletion(Step step, int sender, Instant latest) {}

  SimulationState {
    deliveries = List.copyOf(deliveries);
    past = List.copyOf(past);
  }

  static SimulationState of(Scenario scenario) {
    List<RequestDelivery> deliveries = new ArrayList<>();
    for (int i = 0; i < scenario.requests.size(); i++) {
      Instant start = scenario.later.contains(i) ? Scenario.TO_COME : Scenario.START;
      deliveries.add(scenario.begin(i, "" + (char) ('p' + i), start));
    }
    return new SimulationState(
        scenario.before.snapshot(),
        Scenario.START,
        deliveries,
        0,
        0,
        0,
        scenario.past,
        Optional.empty(),
        false);
  }

  SimulationState with(int which, RequestDelivery delivery) {
    List<RequestDelivery> others = new ArrayList<>(deliveries);
    others.set(which, delivery);
    return new SimulationState(iam, clock, others, crashes, lost, stale, past, late, retried);
  }

  SimulationState plus(RequestDelivery delivery) {
    List<RequestDelivery> more = new ArrayList<>(deliveries);
    more.add(delivery);
    return new SimulationState(iam, clock, more, crashes, lost, stale, past, late, retried);
  }

  SimulationState at(Instant time) {
    return new SimulationState(iam, time, deliveries, crashes, lost, stale, past, late, retried);
  }

  SimulationState account(InMemoryIam.Snapshot after, boolean keepPast) {
    List<Past> before = new ArrayList<>(past);
    if (keepPast && !after.entries().equals(iam.entries())) {
      before.add(new Past(clock, iam));
    }
    return new SimulationState(
        after, clock, deliveries, crashes, lost, stale, before, late, retried);
  }

  SimulationState counting(int moreCrashes, int moreLost, int moreStale) {
    return new SimulationState(
        iam,
        clock,
        deliveries,
        crashes + moreCrashes,
        lost + moreLost,
        stale + moreStale,
        past,
        late,
        retried);
  }

  SimulationState late(Optional<LateDeletion> deletion) {
    return new SimulationState(
        iam, clock, deliveries, crashes, lost, stale, past, deletion, retried);
  }

  SimulationState asRetried() {
    return new SimulationState(iam, clock, deliveries, crashes, lost, stale, past, late, true);
  }

  /** Whether a delivery could make the next move, at once. */
  boolean canGoOn(int which) {
    RequestDelivery delivery = deliveries.get(which);
    return !delivery.isOver() && !delivery.isPausing() && !delivery.isToCome();
  }

  boolean isQuiet() {
    return deliveries.stream().allMatch(d -> d.isOver() || d.isPausing() || d.isToCome());
  }
}
