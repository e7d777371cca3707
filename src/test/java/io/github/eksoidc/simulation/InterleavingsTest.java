package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The orders in which the calls of concurrent requests can come, with a crash, a lost response, or
 * a stale read at every place. Orders with few interruptions come first.
 */
class InterleavingsTest {

  /** Where this is too few for all orders, the printed line says how far the search went. */
  private static final int MAX_OF_TWO = TestSize.of(250, 20_000);

  /** A third delivery, or a stale read, makes more orders than can be seen in the time there is. */
  private static final int MAX_OF_THREE = TestSize.of(150, 5_000);

  static List<Scenario> ofTwo() {
    return Scenarios.ofTwo();
  }

  static List<Scenario> withLag() {
    return Scenarios.withLag();
  }

  static List<Scenario> ofThree() {
    return Scenarios.ofThree();
  }

  @ParameterizedTest
  @MethodSource
  void ofTwo(Scenario scenario) {
    // A request that dies is delivered again: then there are three.
    boolean three = scenario.crashes > 0;
    explore(scenario, three ? MAX_OF_THREE : MAX_OF_TWO);
  }

  @ParameterizedTest
  @MethodSource
  void withLag(Scenario scenario) {
    explore(scenario, MAX_OF_THREE);
  }

  @ParameterizedTest
  @MethodSource
  void ofThree(Scenario scenario) {
    explore(scenario, MAX_OF_THREE);
  }

  private static Explorer.Found explore(Scenario scenario, int limit) {
    Explorer.Found found = Explorer.explore(scenario, limit);
    System.out.printf(
        "Interleavings: %,9d states, %,7d ends, %s: %s%n",
        found.states(), found.ends(), found.extent(), scenario);
    assertThat(found.violation()).isEmpty();
    return found;
  }
}
