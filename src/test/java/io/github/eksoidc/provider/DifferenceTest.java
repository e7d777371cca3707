package io.github.eksoidc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** The changes that lead from a provider's state to its desired state. */
class DifferenceTest {

  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);

  static final List<Arguments> OWN =
      List.of(
          row("nothing differs", is("x"), desired("x")),
          row("order of audiences is none of IAM's", is("x", "y"), desired("y", "x")),
          row("an audience more", is("x"), desired("x", "y"), new Change.AddAudience("y")),
          row(
              "added before removed, so that there is always one",
              is("x"),
              desired("y"),
              Map.of(),
              true,
              new Change.AddAudience("y"),
              new Change.RemoveAudience("x")),
          row("thumbprints left to IAM are left alone", is(List.of(A), Map.of()), desired("x")),
          row(
              "thumbprints without case or order",
              is(List.of(A.toUpperCase(java.util.Locale.ROOT), B), Map.of()),
              desired(List.of(B, A), Map.of())),
          row(
              "other thumbprints",
              is(List.of(A), Map.of()),
              desired(List.of(B), Map.of()),
              Map.of(),
              true,
              new Change.ReplaceThumbprints(List.of(B))),
          row(
              "the first thumbprint takes nothing away",
              is(List.of(), Map.of()),
              desired(List.of(B), Map.of()),
              new Change.ReplaceThumbprints(List.of(B))),
          row(
              "a tag more",
              is(List.of(), Map.of("k", "1")),
              desired(null, Map.of("k", "1", "l", "2")),
              Map.of("k", "1"),
              false,
              new Change.PutTags(tags("l", "2"))),
          row(
              "another value is an overwriting",
              is(List.of(), Map.of("k", "1")),
              desired(null, Map.of("k", "2")),
              Map.of("k", "1"),
              true,
              new Change.PutTags(tags("k", "2"))),
          row(
              "a key in other letters is another key",
              is(List.of(), Map.of("CostCenter", "1")),
              desired(null, Map.of("costcenter", "1")),
              Map.of("CostCenter", "1"),
              true,
              new Change.RemoveTags(Set.of("CostCenter")),
              new Change.PutTags(tags("costcenter", "1"))),
          row(
              "a tag that the template gave up, removed first",
              is(List.of(), Map.of("k", "1", "theirs", "2")),
              desired(null, Map.of("new", "3")),
              Map.of("k", "1"),
              true,
              new Change.RemoveTags(Set.of("k")),
              new Change.PutTags(tags("new", "3"))),
          row(
              "a tag that the template removes is removed although the read does not show it",
              is(List.of(), Map.of()),
              desired(null, Map.of()),
              Map.of("k", "1"),
              true,
              new Change.RemoveTags(Set.of("k"))),
          row(
              "the function's own tags can't be removed",
              is(List.of(), Map.of("eks-oidc-provider/managed", "true")),
              desired(null, Map.of()),
              Map.of("eks-oidc-provider/managed", "true"),
              false));

  @ParameterizedTest(name = "{0}")
  @FieldSource("OWN")
  void exact(
      String name,
      Provider is,
      DesiredState desired,
      Map<String, String> oldTags,
      boolean isDestructive,
      List<Change> changes) {
    Difference difference = Difference.exact(is, desired, old(desired, oldTags));
    assertThat(difference.changes()).isEqualTo(changes);
    assertThat(difference.isDestructive()).isEqualTo(isDestructive);
  }

  static final List<Arguments> SHARED =
      List.of(
          row("nothing missing", is("x", "y"), desired("x")),
          row(
              "audiences are added, none removed",
              is("x"),
              desired("y"),
              new Change.AddAudience("y")),
          row(
              "thumbprints are added behind those there",
              is(List.of(A, B), Map.of()),
              desired(List.of(C, A), Map.of()),
              Map.of(),
              true,
              new Change.ReplaceThumbprints(List.of(A, B, C))),
          row(
              "a thumbprint in other letters is there",
              is(List.of(A.toUpperCase(java.util.Locale.ROOT)), Map.of()),
              desired(List.of(A), Map.of())),
          row(
              "a tag is added, another's value stays",
              is(List.of(), Map.of("team", "theirs")),
              desired(null, Map.of("team", "mine", "l", "2")),
              new Change.PutTags(tags("l", "2"))),
          row(
              "a key in other letters is added beside theirs",
              is(List.of(), Map.of("Env", "theirs")),
              desired(null, Map.of("env", "mine")),
              new Change.PutTags(tags("env", "mine"))));

  @ParameterizedTest(name = "{0}")
  @FieldSource("SHARED")
  void additive(
      String name,
      Provider is,
      DesiredState desired,
      Map<String, String> oldTags,
      boolean isDestructive,
      List<Change> changes) {
    Difference difference = Difference.additive(is, desired, old(desired, oldTags));
    assertThat(difference.changes()).isEqualTo(changes);
    assertThat(difference.isDestructive()).isEqualTo(isDestructive);
  }

  @Test
  void removesAnAudienceFirstIfTheListIsFull() {
    assertThat(changesOfTheFirstAudienceOf(100))
        .containsExactly(new Change.RemoveAudience("a0"), new Change.AddAudience("new"));
  }

  @Test
  void addsAnAudienceFirstIfItIsTheLastThatFits() {
    assertThat(changesOfTheFirstAudienceOf(99))
        .containsExactly(new Change.AddAudience("new"), new Change.RemoveAudience("a0"));
  }

  private static List<Change> changesOfTheFirstAudienceOf(int count) {
    List<String> audiences = IntStream.range(0, count).mapToObj(i -> "a" + i).toList();
    List<String> others = new ArrayList<>(audiences.subList(1, count));
    others.add("new");
    return Difference.exact(
            new Provider(Instant.EPOCH, audiences, List.of(), ProviderTags.none()),
            new DesiredState(others, Optional.empty(), ProviderTags.none()),
            Optional.empty())
        .changes();
  }

  /** A stale read shows the state that is desired again. */
  @Test
  void whatDiffersFromTheRequestBeforeIsChangedAlthoughTheReadDoesNotShowIt() {
    var stale = new Provider(Instant.EPOCH, List.of("x"), List.of(A), tags("k", "1"));
    var desired = new DesiredState(List.of("x"), Optional.of(List.of(A)), tags("k", "1"));
    var old = new DesiredState(List.of("y"), Optional.of(List.of(B)), tags("l", "2"));

    assertThat(Difference.exact(stale, desired, Optional.of(old)).changes())
        .containsExactly(
            new Change.AddAudience("x"),
            new Change.RemoveAudience("y"),
            new Change.ReplaceThumbprints(List.of(A)),
            new Change.RemoveTags(Set.of("l")),
            new Change.PutTags(tags("k", "1")));
    assertThat(Difference.additive(stale, desired, Optional.of(old)).changes())
        .containsExactly(new Change.AddAudience("x"));
  }

  /** The previous request: the same desired state with more tags. */
  private static Optional<DesiredState> old(DesiredState desired, Map<String, String> tags) {
    NavigableMap<String, String> all = ProviderTags.copyOf(tags);
    all.putAll(desired.tags());
    return Optional.of(new DesiredState(desired.audiences(), desired.thumbprints(), all));
  }

  private static Arguments row(String name, Provider is, DesiredState desired, Change... changes) {
    return row(name, is, desired, Map.of(), false, changes);
  }

  private static Arguments row(
      String name,
      Provider is,
      DesiredState desired,
      Map<String, String> oldTags,
      boolean isDestructive,
      Change... changes) {
    return Arguments.of(name, is, desired, oldTags, isDestructive, List.of(changes));
  }

  private static Provider is(String... audiences) {
    return new Provider(Instant.EPOCH, List.of(audiences), List.of(), ProviderTags.none());
  }

  private static Provider is(List<String> thumbprints, Map<String, String> tags) {
    return new Provider(Instant.EPOCH, List.of("x"), thumbprints, ProviderTags.copyOf(tags));
  }

  private static DesiredState desired(String... audiences) {
    return new DesiredState(List.of(audiences), Optional.empty(), ProviderTags.none());
  }

  private static DesiredState desired(List<String> thumbprints, Map<String, String> tags) {
    return new DesiredState(
        List.of("x"), Optional.ofNullable(thumbprints), ProviderTags.copyOf(tags));
  }

  private static NavigableMap<String, String> tags(String key, String value) {
    return ProviderTags.copyOf(Map.of(key, value));
  }
}
