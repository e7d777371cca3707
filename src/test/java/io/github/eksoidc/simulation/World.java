package io.github.eksoidc.simulation;

import io.github.eksoidc.memory.MemoryIam;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The account and everybody at work on it, at one moment.
 *
 * @param past the states of the account before, for reads that lag
 * @param retried whether what failed has been tried again
 */
record World(
    MemoryIam.Snapshot iam,
    Instant clock,
    List<Delivery> deliveries,
    int crashes,
    int lost,
    int stale,
    List<MemoryIam.Snapshot> past,
    boolean retried) {

  World {
    deliveries = List.copyOf(deliveries);
    past = List.copyOf(past);
  }

  static World of(Scenario scenario) {
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < scenario.requests.size(); i++) {
      deliveries.add(Delivery.begin(scenario, i, "" + (char) ('p' + i), Scenario.START));
    }
    return new World(
        scenario.before.snapshot(), Scenario.START, deliveries, 0, 0, 0, List.of(), false);
  }

  World with(int which, Delivery delivery) {
    List<Delivery> others = new ArrayList<>(deliveries);
    others.set(which, delivery);
    return new World(iam, clock, others, crashes, lost, stale, past, retried);
  }

  World plus(Delivery delivery) {
    List<Delivery> more = new ArrayList<>(deliveries);
    more.add(delivery);
    return new World(iam, clock, more, crashes, lost, stale, past, retried);
  }

  World at(Instant time) {
    return new World(iam, time, deliveries, crashes, lost, stale, past, retried);
  }

  World account(MemoryIam.Snapshot after, boolean keepPast) {
    List<MemoryIam.Snapshot> before = new ArrayList<>(past);
    if (keepPast && !after.entries().equals(iam.entries())) {
      before.add(iam);
    }
    return new World(after, clock, deliveries, crashes, lost, stale, before, retried);
  }

  World counting(int moreCrashes, int moreLost, int moreStale) {
    return new World(
        iam,
        clock,
        deliveries,
        crashes + moreCrashes,
        lost + moreLost,
        stale + moreStale,
        past,
        retried);
  }

  World asRetried() {
    return new World(iam, clock, deliveries, crashes, lost, stale, past, true);
  }

  /** Whether a delivery could make the next move, at once. */
  boolean canGoOn(int which) {
    return !deliveries.get(which).isOver() && !deliveries.get(which).isPausing();
  }

  boolean isQuiet() {
    return deliveries.stream().allMatch(d -> d.isOver() || d.isPausing());
  }
}
