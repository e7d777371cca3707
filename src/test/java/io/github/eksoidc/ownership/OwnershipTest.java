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
  private static final String LEASE = "eks-oidc-provider/deleting/0123456789abcdef";
  private static final Claimant MINE = new Claimant("e".repeat(32), "mine/P");

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:31:00Z,     true",
    "2026-01-02T03:30:00Z,     true",
    "2026-01-02T03:29:59.999Z, false",
    "2026-01-02T03:33:00.5Z,   ",
    "2026-01-02T03:34:00Z,     true",
  })
  void leaseIsActiveUntilItExpires(String until, Boolean active) {
    Ownership ownership = ownership(LEASE, until);
    Set<String> nonce = Set.of("0123456789abcdef");
    assertThat(ownership.activeLeases(NOW))
        .isEqualTo(Boolean.TRUE.equals(active) ? nonce : Set.of());
    assertThat(ownership.expiredLeases(NOW))
        .isEqualTo(Boolean.FALSE.equals(active) ? nonce : Set.of());
  }

  /** It is nobody's, and blocks nobody. */
  @ParameterizedTest
  @CsvSource({
    LEASE + ", soon",
    LEASE + ", ''",
    LEASE + ", 2026-01-02T03:34:00.001Z",
    LEASE + ", 9999-12-31T23:59:59Z",
    LEASE + ", +1000000000-12-31T23:59:59.999999999Z",
    LEASE + ", 2026-01-02T03:31:00+00:00",
    LEASE + ", 2024-12-31T23:59:59Z",
    "eks-oidc-provider/deleting/, 2026-01-02T03:31:00Z",
    "eks-oidc-provider/deleting/n, 2026-01-02T03:31:00Z",
    "eks-oidc-provider/deleting/0123456789ABCDEF, 2026-01-02T03:31:00Z",
    "eks-oidc-provider/deleting/0123456789abcdef0, 2026-01-02T03:31:00Z",
    "eks-oidc-provider/Deleting/0123456789abcdef, 2026-01-02T03:31:00Z",
  })
  void leaseThatTheFunctionCannotHaveWrittenIsNone(String key, String until) {
    Ownership ownership = ownership(key, until);
    assertThat(ownership.activeLeases(NOW)).isEmpty();
    assertThat(ownership.expiredLeases(NOW)).isEmpty();
    assertThat(ownership.expiryOf(Set.of("0123456789abcdef"))).isEmpty();
  }

  @Test
  void expiryOfAnActiveLeaseIsKnown() {
    Ownership ownership = ownership(LEASE, "2026-01-02T03:32:30Z");
    assertThat(ownership.expiryOf(Set.of("0123456789abcdef")))
        .contains(Instant.parse("2026-01-02T03:32:30Z"));
    assertThat(ownership.expiryOf(Set.of("other"))).isEmpty();
  }

  @Test
  void readsClaims() {
    Ownership ownership =
        ownership(
            MINE.key("r1"),
            // Of a request that was sent earlier, and has written later.
            "mine/P Create r1 2026-01-02T03:04:05Z/PT5M",
            MINE.key("r2"),
            "mine/P Renewal r2 2026-01-02T03:05:05Z",
            "eks-oidc-provider/claim/" + "0".repeat(32) + "/r1",
            "other/P Create r1 2026-01-02T03:04:05Z");
    assertThat(ownership.claims()).containsOnlyKeys(MINE.id(), "0".repeat(32));
    assertThat(ownership.claimOf(MINE).map(Claim::requestId)).contains("r2");
    assertThat(ownership.otherClaimants(MINE)).containsExactly("other/P");
    assertThat(ownership.isManagedAndUnclaimed()).isFalse();
    assertThat(ownership.provider().freeTags()).isEqualTo(47);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eks-oidc-provider/claim/",
        "eks-oidc-provider/claim/other",
        "eks-oidc-provider/claim/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
        "eks-oidc-provider/claim/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee/r1",
      })
  void aClaimOfSomebodyUnknownKeepsTheProvider(String key) {
    Ownership ownership =
        ownership("eks-oidc-provider/managed", "true", key, "whatever stands there");
    assertThat(ownership.isUnclaimed()).isFalse();
    assertThat(ownership.isManagedAndUnclaimed()).isFalse();
    assertThat(ownership.oddClaims()).containsExactly(key);
    assertThat(ownership.claims()).isEmpty();
    assertThat(ownership.hasClaim(MINE)).isFalse();
    assertThat(ownership.otherClaimants(MINE)).containsExactly("the owner of the tag " + key);
  }

  /** Only the first claim of a resource certainly has the key of its own request. */
  @ParameterizedTest
  @CsvSource({
    "Create,  r1, true", "Create,  r2, false",
    "Retry,   r1, true", "Retry,   r2, true",
    "Update,  r1, true", "Update,  r2, true",
    "Renewal, r1, true", "Renewal, r2, true"
  })
  void aFirstClaimUnderTheKeyOfAnotherRequestIsOdd(String origin, String key, boolean counts) {
    String value = "s/Oidc %s r1 2026-01-02T03:04:05Z".formatted(origin);
    Ownership ownership = ownership(MINE.key(key), value);
    assertThat(ownership.hasClaim(MINE)).isEqualTo(counts);
    assertThat(ownership.oddClaims().isEmpty()).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false", "'', false", "True, false"})
  void onlyTheExactTagValueMakesAProviderManaged(String value, boolean managed) {
    Ownership ownership = ownership("eks-oidc-provider/managed", value);
    assertThat(ownership.isManaged()).isEqualTo(managed);
    assertThat(ownership.isManagedAndUnclaimed()).isEqualTo(managed);
  }

  private static Ownership ownership(String... tags) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    return new Ownership(
        new Provider(Instant.EPOCH, List.of(), List.of(), ProviderTags.copyOf(map)), NOW);
  }
}
