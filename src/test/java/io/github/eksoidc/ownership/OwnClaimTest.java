package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.ownership.OwnClaim.Stored;
import io.github.eksoidc.provider.Provider;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request knows of its claim after what has happened. */
class OwnClaimTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Optional<Ownership> PROVIDER =
      Optional.of(new Ownership(new Provider(NOW, List.of(), List.of(), new TreeMap<>()), NOW));
  private static final Optional<Claim> CLAIM =
      Optional.of(
          new Claim("s/P", Origin.CREATE, "r", NOW, NOW, Optional.empty(), Optional.empty()));

  private static OwnClaim after(String event, OwnClaim was) {
    return switch (event) {
      case "SENT" -> was.sending();
      case "STORED" -> was.wasStored();
      // A Create that nobody repeated finds that there is a provider.
      case "EXISTED" -> was.sending().notByThisDelivery(was);
      case "DENIED" -> was.readDenied();
      case "READ_NONE" -> was.read(Optional.empty(), Optional.empty(), false);
      case "READ_WITHOUT" -> was.read(PROVIDER, Optional.empty(), false);
      case "READ_CERTAIN" -> was.read(PROVIDER, Optional.empty(), true);
      case "READ_WITH" -> was.read(PROVIDER, CLAIM, false);
      default -> throw new IllegalArgumentException(event);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SENT                           | POSSIBLY
          SENT, STORED                   | YES
          EXISTED                        | BY_ANOTHER_DELIVERY
          EXISTED, DENIED                | NO
          EXISTED, READ_NONE             | BY_ANOTHER_DELIVERY
          EXISTED, READ_WITHOUT          | NO
          EXISTED, READ_WITH             | BY_ANOTHER_DELIVERY
          EXISTED, READ_WITH, DENIED     | BY_ANOTHER_DELIVERY
          EXISTED, READ_WITH, SENT       | POSSIBLY
          EXISTED, READ_WITH, READ_WITHOUT | BY_ANOTHER_DELIVERY
          EXISTED, READ_WITH, READ_CERTAIN | NO
          SENT, READ_WITH                | POSSIBLY
          SENT, DENIED                   | POSSIBLY
          SENT, READ_NONE                | POSSIBLY
          SENT, READ_WITHOUT             | POSSIBLY
          SENT, READ_CERTAIN             | NO
          # The response to the first Create was lost, and a read that lags shows no provider.
          SENT, READ_NONE, EXISTED       | POSSIBLY
          SENT, READ_NONE, EXISTED, DENIED | POSSIBLY
          STORED, EXISTED                | YES
          STORED, SENT                   | YES
          STORED, READ_WITHOUT           | YES
          STORED, DENIED                 | YES
          """)
  void whetherItMayBeStored(String events, Stored expected) {
    OwnClaim claim = OwnClaim.NONE;
    for (String event : events.split(", ", -1)) {
      claim = after(event, claim);
    }
    assertThat(claim.stored()).isEqualTo(expected);
  }

  @Test
  void theProviderThatHadItIsKnownByWhenItWasCreated() {
    OwnClaim shown = OwnClaim.NONE.read(PROVIDER, CLAIM, false);
    assertThat(shown.shownOn()).contains(NOW);
    assertThat(shown.read(PROVIDER, Optional.empty(), false).shownOn()).contains(NOW);
    assertThat(OwnClaim.NONE.read(PROVIDER, Optional.empty(), false).shownOn()).isEmpty();
  }
}
