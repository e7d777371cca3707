package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is decided from what is known. */
class GoalTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Claim CLAIM = new Claim("c".repeat(32), "mine/P");
  private static final String MANAGED = "eks-oidc-provider/managed";
  private static final String OTHER = "eks-oidc-provider/claim/" + "d".repeat(32) + "/r0";
  private static final String LEASE = "eks-oidc-provider/deleting/0000";
  private static final Issuer ISSUER = new Issuer("https://oidc.eks.eu-west-1.amazonaws.com/id/A");

  private final Observation seen = new Observation(CLAIM, "r1", "8888");
  private final Goal delete = new Release(CLAIM, Leftover.all());
  private final Goal create =
      new Hold(
          ProviderArn.parse("arn:aws:iam::111122223333:oidc-provider/" + ISSUER.name()).get(),
          CLAIM,
          "r1",
          new Wanted(
              ISSUER,
              Optional.empty(),
              new DesiredState(List.of("a"), Optional.empty(), ProviderTags.none()),
              Optional.empty(),
              OnExisting.ADOPT),
          Origin.CREATE,
          true);

  private void shows(String... tags) {
    var map = ProviderTags.none();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    seen.beginLooking(NOW, Duration.ofSeconds(20));
    seen.read(Optional.of(new Provider(NOW.minusSeconds(3600), List.of("a"), List.of(), map)), NOW);
  }

  @Test
  void nothingIsDecidedBeforeARead() {
    assertThat(delete.next(seen, NOW)).isEqualTo(new Move.Look());
  }

  @Test
  void aClaimIsWrittenAndThenLookedFor() {
    shows(MANAGED, "true", OTHER, "other/P");
    Move move = create.next(seen, NOW);
    assertThat(move).isInstanceOf(Move.Write.class);
    seen.wrote(((Move.Write) move).change(), NOW);
    assertThat(create.next(seen, NOW)).isEqualTo(new Move.Look());
  }

  @Test
  void aDeletionNeedsALeaseThatIsShown() {
    shows(MANAGED, "true", CLAIM.key("r0"), "mine/P");
    Move.Take take = (Move.Take) delete.next(seen, NOW);
    seen.writing(take.lease());
    seen.wrote(take.lease().put(), NOW);
    assertThat(delete.next(seen, NOW)).isEqualTo(new Move.Look());
    shows(MANAGED, "true", CLAIM.key("r0"), "mine/P", take.lease().key(), take.lease().value());
    assertThat(delete.next(seen, NOW)).isEqualTo(new Move.Delete());
  }

  @Test
  void aSharedProviderLosesTheClaimOnly() {
    shows(MANAGED, "true", CLAIM.key("r0"), "mine/P", OTHER, "other/P");
    assertThat(delete.next(seen, NOW).toString()).contains("RemoveTags", CLAIM.key("r0"));
  }

  @Test
  void othersLeasesAreWaitedFor() {
    shows(MANAGED, "true", CLAIM.key("r0"), "mine/P", LEASE, NOW.plusSeconds(9).toString());
    assertThat(delete.next(seen, NOW)).isEqualTo(new Move.Wait(Set.of("0000")));
    assertThat(delete.next(seen, NOW.plusSeconds(10))).isInstanceOf(Move.Take.class);
  }
}
