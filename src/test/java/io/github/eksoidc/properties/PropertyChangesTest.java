package io.github.eksoidc.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PropertyChangesTest {

  static Stream<Arguments> differencesAreListed() {
    return Stream.of(
        Arguments.of("text", "a", "b", List.of("b"), List.of("a")),
        Arguments.of("added", null, "b", List.of("b"), List.of()),
        Arguments.of("removed", "a", null, List.of(), List.of("a")),
        Arguments.of("list", List.of("a", "b"), List.of("b", "c"), List.of("c"), List.of("a")),
        Arguments.of(
            "tags",
            List.of(Map.of("Key", "k", "Value", "1"), Map.of("Key", "empty")),
            List.of(Map.of("Key", "k", "Value", "2"), Map.of("Key", "empty", "Value", "")),
            List.of("k=2"),
            List.of("k=1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void differencesAreListed(
      String name, Object before, Object after, List<String> added, List<String> removed) {
    assertThat(
            PropertyChanges.between(
                before == null ? Map.of() : Map.of("P", before),
                after == null ? Map.of() : Map.of("P", after),
                List.of("P", "Other")))
        .isEqualTo(Map.of("P", Map.of("added", added, "removed", removed)));
  }

  @Test
  void theOrderOfAListAndOtherNamesMakeNoDifference() {
    assertThat(
            PropertyChanges.between(
                Map.of("P", List.of("a", "b"), "Secret", "1"),
                Map.of("P", List.of("b", "a"), "Secret", "2"),
                List.of("P")))
        .isEmpty();
  }
}
