package io.github.eksoidc.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class ResourcePropertiesTest {

  private static final List<String> KNOWN = List.of("ClusterName", "ClientIdList", "Tags", "Url");

  static final List<Arguments> WRONG_TYPES =
      List.of(
          Arguments.of(List.of("a"), "ClusterName is a list, but must be a string."),
          Arguments.of(Map.of("a", "b"), "ClusterName is a map, but must be a string."),
          Arguments.of(true, "ClusterName is the boolean true, but must be a string."),
          Arguments.of(17L, "ClusterName is the number 17, but must be a string."),
          Arguments.of(
              BigInteger.TEN.pow(80),
              "ClusterName is the number 1" + "0".repeat(79) + "…, but must be a string."));

  @ParameterizedTest
  @FieldSource("WRONG_TYPES")
  void wrongTypeNamesTheAllowedType(Object value, String expected) {
    ResourceProperties properties = ResourceProperties.of(Map.of("ClusterName", value), KNOWN);
    assertThatThrownBy(() -> properties.text("ClusterName")).hasMessage(expected);
  }

  @Test
  void readsLists() {
    ResourceProperties properties =
        ResourceProperties.of(Map.of("ClientIdList", List.of("a", "b")), KNOWN);
    assertThat(properties.texts("ClientIdList")).contains(List.of("a", "b"));
    assertThat(properties.texts("Tags")).isEmpty();
    assertThat(properties.text("Url")).isEmpty();
  }

  @Test
  void wrongListElementIsNamedWithItsIndex() {
    ResourceProperties properties =
        ResourceProperties.of(Map.of("ClientIdList", Arrays.asList("a", null)), KNOWN);
    assertThatThrownBy(() -> properties.texts("ClientIdList"))
        .hasMessage("ClientIdList[1] is null, but must be a string.");
  }

  static final List<Arguments> BAD_PAIRS =
      List.of(
          Arguments.of("a", "Tags[0] is the string \"a\", but must be {Key, Value}."),
          Arguments.of(
              Map.of("Key", "a"), "Tags[0] has no Value. A tag has the members Key and Value."),
          Arguments.of(
              Map.of("Value", "a"), "Tags[0] has no Key. A tag has the members Key and Value."),
          Arguments.of(Map.of("Key", 1L), "Tags[0].Key is the number 1, but must be a string."),
          Arguments.of(
              Map.of("key", "a"),
              "Tags[0] has an unknown member \"key\". A tag has the members Key and"));

  @ParameterizedTest
  @FieldSource("BAD_PAIRS")
  void badPairIsNamedWithItsIndex(Object pair, String expected) {
    ResourceProperties properties = ResourceProperties.of(Map.of("Tags", List.of(pair)), KNOWN);
    assertThatThrownBy(() -> properties.pairs("Tags")).hasMessageStartingWith(expected);
  }

  @Test
  void longValueIsCutBetweenCharacters() {
    String cut = ResourceProperties.quoted("\uD83D\uDE00".repeat(200));
    assertThat(cut).isEqualTo("\"" + "\uD83D\uDE00".repeat(80) + "…\" (400 characters)");
  }

  @Test
  void valueOf80CharactersIsNotCut() {
    assertThat(ResourceProperties.quoted("x".repeat(80))).isEqualTo("\"" + "x".repeat(80) + "\"");
    assertThat(ResourceProperties.quoted("x".repeat(81)))
        .isEqualTo("\"" + "x".repeat(80) + "…\" (81 characters)");
  }
}
