package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderTags;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tags of a provider mean. */
class OwnershipTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:30:00Z");
  private static final Claim MINE = new Claim("m".repeat(32), "mine/P");

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:31:00Z, true",
    "2026-01-02T03:30:00Z, true",
    "2026-01-02T03:29:59Z, false",
    // Not written by the function: it never expires
    "soon,                 true",
    "'',                   true"
  })
  void leaseIsActiveUntilItExpires(String until, boolean active) {
    Ownership ownership = ownership("eks-oidc-provider/deleting/n", until);
    assertThat(ownership.activeLeases(NOW)).isEqualTo(active ? Set.of("n") : Set.of());
    assertThat(ownership.expiredLeases(NOW)).isEqualTo(active ? Set.of() : Set.of("n"));
  }

  @Test
  void expiryOfAnActiveLeaseIsKnown() {
    Ownership ownership = ownership("eks-oidc-provider/deleting/n", "2026-01-02T03:44:30Z");
    assertThat(ownership.expiryOf(Set.of("n"))).contains(Instant.parse("2026-01-02T03:44:30Z"));
    assertThat(ownership.expiryOf(Set.of("other"))).isEmpty();
    assertThat(ownership("eks-oidc-provider/deleting/n", "?").expiryOf(Set.of("n"))).isEmpty();
  }

  @Test
  void readsClaims() {
    Ownership ownership =
        ownership(
            "eks-oidc-provider/claim/" + MINE.id(),
            MINE.owner(),
            "eks-oidc-provider/claim/other",
            "other/P");
    assertThat(ownership.hasClaim(MINE)).isTrue();
    assertThat(ownership.otherClaimants(MINE)).containsExactly("other/P");
    assertThat(ownership.isAbandoned()).isFalse();
    assertThat(ownership.provider().freeTags()).isEqualTo(48);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EKS-oidc-provider/managed",
        "eks-oidc-provider/Managed",
        "ek\u017f-oidc-provider/managed",
        "eks-o\u0131dc-provider/managed",
        "eks-o\u0130dc-provider/managed"
      })
  void keyInOtherLettersDoesNotMakeAProviderManaged(String key) {
    assertThat(ownership(key, "true").isManaged()).isFalse();
    assertThat(ownership(key, "true").isAbandoned()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false", "'', false", "True, false"})
  void onlyTheExactTagValueMakesAProviderManaged(String value, boolean managed) {
    Ownership ownership = ownership("eks-oidc-provider/managed", value);
    assertThat(ownership.isManaged()).isEqualTo(managed);
    assertThat(ownership.isAbandoned()).isEqualTo(managed);
  }

  private static Ownership ownership(String... tags) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    return Ownership.of(
        new Provider(Instant.EPOCH, List.of(), List.of(), ProviderTags.copyOf(map)));
  }
}
