package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Does the search find it when the protocol is broken? Each way of breaking it must break a rule.
 */
class BrokenProtocolTest {

  /** States for each scenario: first a few of all, then more. */
  private static final List<Integer> MOST = List.of(2_000, 60_000);

  static Stream<Arguments> theSearchFindsIt() {
    return Stream.of(
        broken("no deleting mark", BrokenProtocols.NoMark::new),
        broken("mark written after the read", BrokenProtocols.MarkAfterRead::new),
        broken("one mark shared by all", BrokenProtocols.OneMarkForAll::new),
        broken(
            "claim added after Create instead of with it", BrokenProtocols.ClaimAfterCreate::new),
        broken("delete without reading again", BrokenProtocols.NoReadAfterMark::new),
        broken("a lost Delete repeated by the SDK", BrokenProtocols.RepeatedDelete::new),
        broken("no re-read after a claim is taken back", BrokenProtocols.NoReadAfterRelease::new),
        broken("no takeover of a dead mark", BrokenProtocols.MarksLiveForEver::new));
  }

  private static Arguments broken(
      String name, BiFunction<Providers, RequestContext, Providers> how) {
    return Arguments.of(name, how);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void theSearchFindsIt(String name, BiFunction<Providers, RequestContext, Providers> how) {
    Optional<String> violation =
        MOST.stream()
            .flatMap(
                most ->
                    all().stream()
                        .map(
                            scenario -> Explorer.explore(scenario.breaking(how), most).violation()))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(violation).isPresent();
    System.out.printf(
        "Broken: %s%n        found by %s%n", name, violation.get().lines().findFirst().orElse(""));
  }

  private static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>(Scenarios.ofTwo());
    all.addAll(Scenarios.ofThree());
    return all;
  }
}
