package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The orders in which the calls of concurrent requests can come, with a crash, a lost response, or
 * a stale read at every place. Orders with few interruptions come first.
 *
 * <p>The thorough run goes through all orders of two requests, also if a response is lost. A
 * request may wake from a pause, while another could go on, as often as its scenario says: {@link
 * Scenario#earlyWakes}. A third delivery, and a read that lags, make more orders than can be seen
 * in the time there is. The printed line then says how far the search went.
 */
@Execution(ExecutionMode.CONCURRENT)
class InterleavingsTest {

  /** Each scenario has fewer states than in the thorough run. */
  private static final int MAX_OF_TWO = TestSize.of(100, 1_000_000);

  private static final int MAX_OF_MORE = TestSize.of(40, 60_000);

  /** If a scenario has more states: of a second search, by interruptions. */
  private static final int MAX_ORDERED = TestSize.of(25, 10_000);

  private static final String SCENARIOS_OF = "io.github.eksoidc.simulation.Scenarios#";

  private static final AtomicInteger SCENARIOS = new AtomicInteger();
  private static final AtomicInteger COMPLETE = new AtomicInteger();
  private static final AtomicLong STATES = new AtomicLong();

  @ParameterizedTest
  @MethodSource(SCENARIOS_OF + "ofTwo")
  void ofTwo(Scenario scenario) {
    Explorer.Found found = explore(scenario, MAX_OF_TWO);
    if (TestSize.isThorough()) {
      assertThat(found.complete()).isTrue();
    }
  }

  /** A request that dies is delivered again: then there are three deliveries. */
  @ParameterizedTest
  @MethodSource(SCENARIOS_OF + "ofTwoWithTrouble")
  void ofTwoWithTrouble(Scenario scenario) {
    explore(scenario, MAX_OF_MORE);
  }

  @ParameterizedTest
  @MethodSource(SCENARIOS_OF + "withLag")
  void withLag(Scenario scenario) {
    explore(scenario, MAX_OF_MORE);
  }

  @ParameterizedTest
  @MethodSource(SCENARIOS_OF + "ofThree")
  void ofThree(Scenario scenario) {
    explore(scenario, MAX_OF_MORE);
  }

  @AfterAll
  static void printSum() {
    System.out.printf(
        "Interleavings: %,d scenarios, %,d complete, %,d states%n",
        SCENARIOS.get(), COMPLETE.get(), STATES.get());
  }

  private static Explorer.Found explore(Scenario scenario, int limit) {
    Explorer.Found found = Explorer.explore(scenario, limit, MAX_ORDERED);
    if (TestSize.isThorough()) {
      System.out.printf(
          "Interleavings: %,9d states, %,7d ends, %s: %s%n",
          found.states(), found.ends(), found.extent(), scenario);
    }
    SCENARIOS.incrementAndGet();
    COMPLETE.addAndGet(found.complete() ? 1 : 0);
    STATES.addAndGet(found.states());
    assertThat(found.violation()).isEmpty();
    return found;
  }
}
