package io.github.eksoidc.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

  @ParameterizedTest
  @CsvSource({"'', '', 0", "a, '', 1", "'', abc, 3", "kitten, sitting, 3", "flaw, lawn, 2"})
  void distanceIsTheNumberOfChangedLetters(String a, String b, int distance) {
    assertThat(Suggestion.distance(a, b)).isEqualTo(distance);
    assertThat(Suggestion.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void caseDecidesBetweenEqualDistances() {
    assertThat(Suggestion.to("url", List.of("urn", "URL"))).isEqualTo("URL");
  }

  @Test
  void comparesLongNamesQuickly() {
    assertThat(Suggestion.to("Tags" + "s".repeat(5_000_000), List.of("Tags", "Url")))
        .isEqualTo("Tags");
  }
}
