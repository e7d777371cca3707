package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where reads lag behind writes, nothing is deleted or changed that others own: rules 1 and 2. The
 * other rules need a read that is fresh: see the README.
 */
class StaleReadsTest {

  private static final int MOST = 30_000;

  static Stream<Scenario> nothingForeignIsDeletedOrChanged() {
    List<String> sts = List.of("sts.amazonaws.com");
    return Stream.of(
        new Scenario("a Create beside the Delete of the last claim")
            .managed("a", sts, "d")
            .create("c", "a")
            .delete("d", "a")
            .losing(1),
        new Scenario("the same Delete twice beside another stack's Create")
            .managed("a", sts, "c")
            .delete("c", "a")
            .delete("c", "a")
            .create("d", "a")
            .losing(1),
        new Scenario("the Deletes of the last two claims")
            .managed("a", sts, "c", "d")
            .delete("c", "a")
            .delete("d", "a"),
        new Scenario("two Creates").create("c", "a").create("d", "a"),
        new Scenario("Create and Delete on somebody else's provider")
            .foreign("a", List.of("x"), "d")
            .create("c", "a", "y")
            .delete("d", "a"),
        new Scenario("an Update that takes away beside a Create")
            .managed("a", List.of("x", "y"), "c")
            .update("c", "a", "a", List.of("x", "y"), "x")
            .create("d", "a", "y"));
  }

  @ParameterizedTest
  @MethodSource
  void nothingForeignIsDeletedOrChanged(Scenario scenario) {
    Explorer.Found found = Explorer.explore(scenario.stale(3), MOST);
    System.out.printf(
        "Stale reads:   %,9d states, %,7d ends, %s: %s%n",
        found.states(), found.ends(), found.extent(), scenario);
    assertThat(found.violation()).isEmpty();
  }
}
