package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which resource a claim is of. */
class ClaimantTest {

  private static final String STACK =
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/0a1b2c3d";

  @Test
  void idIsAHashOfStackIdAndLogicalId() {
    // printf '%s\n%s' STACK Provider | sha256sum | cut -c 1-32
    assertThat(Claimant.of(new LogicalResource(STACK, "Provider")))
        .isEqualTo(
            new Claimant(
                "45095d0d1bc78f40facaa4ea1135d30e", "payments/Provider", Arn.parse(STACK)));
  }

  @Test
  void otherStackOrLogicalIdIsAnotherClaimant() {
    String id = Claimant.of(new LogicalResource(STACK, "Provider")).id();
    assertThat(Claimant.of(new LogicalResource(STACK + "e", "Provider")).id()).isNotEqualTo(id);
    assertThat(Claimant.of(new LogicalResource(STACK, "Providers")).id()).isNotEqualTo(id);
    // The hash separates the two.
    assertThat(Claimant.of(new LogicalResource("ab", "c")).id())
        .isNotEqualTo(Claimant.of(new LogicalResource("a", "bc")).id());
  }

  @Test
  void theOwnerHasOnlyCharactersThatATagAllows() {
    Claimant claimant =
        Claimant.of(
            new LogicalResource(
                "arn:aws:cloudformation:eu-west-1:111122223333:stack/na*me a/1", "Logical"));
    assertThat(claimant.owner()).isEqualTo("na_me_a/Logical");
    assertThat(claimant.key()).isEqualTo("eks-oidc-provider/claim/" + claimant.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev",
        "payments/dev",
        "urn:pulumi:dev",
        "arn:aws:lambda:eu-west-1:111122223333:function:f",
        "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/c/1",
        "arn:aws:cloudformation::111122223333:stack/payments/1",
        "arn:aws:cloudformation:eu-west-1::stack/payments/1"
      })
  void aStackIdThatIsNoStacksArnIsRecorded(String stackId) {
    Claim claim =
        Claimant.of(new LogicalResource(stackId, "Provider"))
            .claim(
                Claim.Origin.CREATE,
                new SentRequest("r", Instant.parse("2026-01-02T03:04:05Z")),
                Instant.parse("2026-01-02T03:04:05.678Z"),
                Optional.of("eu-west-1/main"),
                "111122223333");
    assertThat(claim.value()).endsWith(" eu-west-1/main no-stack");
    Claim read = Claim.parse(claim.value(), Instant.parse("2026-06-01T00:00:00Z")).orElseThrow();
    assertThat(read).isEqualTo(claim);
    assertThat(read.isOfStack()).isFalse();
    assertThat(read.stackRegion()).isEmpty();
    assertThat(read.stackAccount()).isEmpty();
  }

  /** In the tag of a takeover nothing else says whose it is. */
  @ParameterizedTest
  @CsvSource({
    "payments/Provider Create r 2026-01-02T03:04:05Z eu-west-1/main, true",
    "payments/Provider Create r 2026-01-02T03:04:05Z/PT5M eu-west-1/main, true",
    "payments/Provider Update r9 2026-01-02T03:04:05Z us-east-1/main eu-west-1, true",
    "payments/Provider Create r 2026-01-02T03:04:05Z eu-west-1, true",
    "payments/Prov Create r 2026-01-02T03:04:05Z eu-west-1/main, false",
    "payments/Provider2 Create r 2026-01-02T03:04:05Z eu-west-1/main, false",
    "payments/Provider Create r 2026-01-02T03:04:05Z eu-west-1/main us-east-1, false",
    "payments/Provider Create r 2026-01-02T03:04:05Z us-east-1/main, false",
    "payments/Provider Create r 2026-01-02T03:04:05Z eu-west-1/main eu-west-1:444455556666, false",
    "payments/Provider Create r 2026-01-02T03:04:05Z eu-west-1/main no-stack, false"
  })
  void aStackWritesClaimsWithItsNameAndPlace(String value, boolean own) {
    Claim claim = Claim.parse(value, Instant.parse("2026-06-01T00:00:00Z")).orElseThrow();
    Claimant claimant = Claimant.of(new LogicalResource(STACK, "Provider"));
    assertThat(claimant.canHaveWritten(claim, "111122223333")).isEqualTo(own);
  }

  @Test
  void aLongNameIsCutInTheClaim() {
    Claimant claimant =
        Claimant.of(
            new LogicalResource(STACK.replace("payments", "p".repeat(128)), "L".repeat(255)));
    Claim written =
        claimant.claim(
            Claim.Origin.CREATE,
            new SentRequest("r", Instant.parse("2026-01-02T03:04:05Z")),
            Instant.parse("2026-01-02T03:04:05Z"),
            Optional.of("eu-west-1/" + "c".repeat(100)),
            "111122223333");
    Claim read = Claim.parse(written.value(), Instant.parse("2026-06-01T00:00:00Z")).orElseThrow();
    assertThat(read.owner()).hasSizeLessThan(claimant.owner().length());
    assertThat(claimant.canHaveWritten(read, "111122223333")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eks-oidc-provider/claim/",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30e",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30e/",
        "eks-oidc-provider/claim/45095D0D1BC78F40FACAA4EA1135D30E/r",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30/r",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30ee/r",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30e/r/s",
        "eks-oidc-provider/claim/45095d0d1bc78f40facaa4ea1135d30e/r s",
        "eks-oidc-provider/Claim/45095d0d1bc78f40facaa4ea1135d30e/r",
        "eks-oidc-provider/claim/not-a-hash/r"
      })
  void aKeyThatTheFunctionDoesNotWriteIsNoClaimOfTheResource(String key) {
    assertThat(Claimant.idOf(key)).isEmpty();
    assertThat(Claimant.of(new LogicalResource(STACK, "Provider")).isKey(key)).isFalse();
  }
}
