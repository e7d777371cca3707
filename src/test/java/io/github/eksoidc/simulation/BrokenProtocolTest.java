package io.github.eksoidc.simulation;

import static io.github.eksoidc.simulation.BrokenProtocols.providers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The search finds a protocol that is broken: each way of breaking it violates a rule in some
 * scenario.
 */
@Execution(ExecutionMode.CONCURRENT)
class BrokenProtocolTest {

  /** States for each scenario: first a few of all, then more. */
  private static final List<Integer> LIMITS = List.of(100, 1_000, 10_000, 60_000);

  static Stream<Arguments> theSearchFindsIt() {
    return Stream.of(
        Arguments.of("no lease", providers(BrokenProtocols.NoLease::new)),
        Arguments.of(
            "claim stored after the Create instead of with it",
            providers(BrokenProtocols.ClaimAfterCreate::new)),
        Arguments.of(
            "no read after a claim is removed", providers(BrokenProtocols.NoReadAfterRelease::new)),
        Arguments.of(
            "rule 6: the id of a failed Create releases any claim",
            BrokenProtocols.failedIdReleasesAnyClaim()),
        Arguments.of(
            "rule 7: a rollback does not renew its claim",
            providers(BrokenProtocols.NoRenewal::new)),
        Arguments.of(
            "rule 8: a cluster that is gone fails Updates",
            BrokenProtocols.goneClusterFailsUpdates()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void theSearchFindsIt(String name, Protocol protocol) {
    finds(name, protocol, all());
  }

  /** Only orders of a replacement and its rollback show it, and few of these. */
  @Tag("thorough")
  @Test
  void theSearchFindsThatARollbackDoesNotWait() {
    finds(
        "rule 7: no wait before the other provider is read",
        BrokenProtocols.noWaitBeforeReadingTheOtherProvider(),
        Scenarios.withLag().stream()
            .filter(scenario -> scenario.toString().contains("rollback"))
            .toList());
  }

  private static void finds(String name, Protocol protocol, List<Scenario> scenarios) {
    Optional<String> violation =
        LIMITS.stream()
            .flatMap(
                limit ->
                    scenarios.stream()
                        .map(
                            scenario ->
                                Explorer.explore(scenario.breaking(protocol), limit).violation()))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(violation).isPresent();
    System.out.printf(
        "Broken: %s%n        found by %s%n", name, violation.get().lines().findFirst().orElse(""));
  }

  private static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>(Scenarios.ofTwo());
    all.addAll(Scenarios.ofTwoWithTrouble());
    all.addAll(Scenarios.withLag());
    all.addAll(Scenarios.ofThree());
    return all;
  }
}
