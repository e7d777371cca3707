package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
    List<InMemoryIam.Snapshot> past,
    boolean retried) {

  SimulationState {
    deliveries = List.copyOf(deliveries);
    past = List.copyOf(past);
  }

  static SimulationState of(Scenario scenario) {
    List<RequestDelivery> deliveries = new ArrayList<>();
    for (int i = 0; i < scenario.requests.size(); i++) {
      deliveries.add(RequestDelivery.begin(scenario, i, "" + (char) ('p' + i), Scenario.START));
    }
    return new SimulationState(
        scenario.before.snapshot(), Scenario.START, deliveries, 0, 0, 0, List.of(), false);
  }

  SimulationState with(int which, RequestDelivery delivery) {
    List<RequestDelivery> others = new ArrayList<>(deliveries);
    others.set(which, delivery);
    return new SimulationState(iam, clock, others, crashes, lost, stale, past, retried);
  }

  SimulationState plus(RequestDelivery delivery) {
    List<RequestDelivery> more = new ArrayList<>(deliveries);
    more.add(delivery);
    return new SimulationState(iam, clock, more, crashes, lost, stale, past, retried);
  }

  SimulationState at(Instant time) {
    return new SimulationState(iam, time, deliveries, crashes, lost, stale, past, retried);
  }

  SimulationState account(InMemoryIam.Snapshot after, boolean keepPast) {
    List<InMemoryIam.Snapshot> before = new ArrayList<>(past);
    if (keepPast && !after.entries().equals(iam.entries())) {
      before.add(iam);
    }
    return new SimulationState(after, clock, deliveries, crashes, lost, stale, before, retried);
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
        retried);
  }

  SimulationState asRetried() {
    return new SimulationState(iam, clock, deliveries, crashes, lost, stale, past, true);
  }

  /** Whether a delivery could make the next move, at once. */
  boolean canGoOn(int which) {
    return !deliveries.get(which).isOver() && !deliveries.get(which).isPausing();
  }

  boolean isQuiet() {
    return deliveries.stream().allMatch(d -> d.isOver() || d.isPausing());
  }
}
