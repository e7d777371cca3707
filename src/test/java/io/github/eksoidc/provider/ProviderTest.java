package io.github.eksoidc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tags on a provider say. */
class ProviderTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:30:00Z");
  private static final Claim MINE = new Claim("m".repeat(32), "mine/P");

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:31:00Z, true",
    "2026-01-02T03:30:00Z, true",
    "2026-01-02T03:29:59Z, false",
    // Written by somebody else: nobody can say that it is dead
    "soon,                 true",
    "'',                   true"
  })
  void aMarkIsAliveUntilItsRequestIsAtItsEnd(String until, boolean alive) {
    Provider provider = provider("eks-oidc-provider/deleting/n", until);
    assertThat(provider.liveMarks(NOW)).isEqualTo(alive ? Set.of("n") : Set.of());
    assertThat(provider.deadMarks(NOW)).isEqualTo(alive ? Set.of() : Set.of("n"));
  }

  @Test
  void theEndOfALiveMarkIsTold() {
    Provider provider = provider("eks-oidc-provider/deleting/n", "2026-01-02T03:44:30Z");
    assertThat(provider.deadAfter(Set.of("n"))).contains(Instant.parse("2026-01-02T03:44:30Z"));
    assertThat(provider.deadAfter(Set.of("other"))).isEmpty();
    assertThat(provider("eks-oidc-provider/deleting/n", "?").deadAfter(Set.of("n"))).isEmpty();
  }

  @Test
  void claimsAreTold() {
    Provider provider =
        provider(
            "eks-oidc-provider/claim/" + MINE.id(),
            MINE.owner(),
            "EKS-OIDC-Provider/Claim/other",
            "other/P");
    assertThat(provider.hasClaim(MINE)).isTrue();
    assertThat(provider.othersThan(MINE)).containsExactly("other/P");
    assertThat(provider.isOrphan()).isFalse();
    assertThat(provider.room()).isEqualTo(48);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false", "'', false", "True, false"})
  void onlyTheMarkAsWeWriteItMakesAProviderOurs(String value, boolean managed) {
    Provider provider = provider("eks-oidc-provider/managed", value);
    assertThat(provider.isManaged()).isEqualTo(managed);
    assertThat(provider.isOrphan()).isEqualTo(managed);
  }

  private static Provider provider(String... tags) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    return new Provider(Instant.EPOCH, List.of(), List.of(), Tags.copyOf(map));
  }
}
