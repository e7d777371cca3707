package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every order in which the calls of requests can come that are under way at the same time, with a
 * crash and a lost answer at every place.
 */
class InterleavingsTest {

  private static final int MOST_OF_TWO = 400_000;

  /** With a third delivery there are more orders than can be seen in the time there is. */
  private static final int MOST_OF_THREE = Integer.getInteger("interleavings.most", 30_000);

  static List<Scenario> ofTwo() {
    return Scenarios.ofTwo();
  }

  static List<Scenario> ofThree() {
    return Scenarios.ofThree();
  }

  @ParameterizedTest
  @MethodSource
  void ofTwo(Scenario scenario) {
    // A request that dies is delivered again: then there are three.
    boolean three = scenario.crashes > 0;
    Explorer.Found found = Explorer.explore(scenario, three ? MOST_OF_THREE : MOST_OF_TWO);
    print(scenario, found);
    assertThat(found.violation()).isEmpty();
    assertThat(found.complete() || three).isTrue();
  }

  @ParameterizedTest
  @MethodSource
  void ofThree(Scenario scenario) {
    Explorer.Found found = Explorer.explore(scenario, MOST_OF_THREE);
    print(scenario, found);
    assertThat(found.violation()).isEmpty();
  }

  private static void print(Scenario scenario, Explorer.Found found) {
    System.out.printf(
        "Interleavings: %,9d states, %,7d ends, %s: %s%n",
        found.states(), found.ends(), found.extent(), scenario);
  }
}
