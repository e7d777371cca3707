package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.Arn;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimTest {

  private static final String STACK =
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/0a1b2c3d";

  @Test
  void idIsAHashOfStackIdAndLogicalId() {
    // printf '%s\n%s' STACK Provider | sha256sum | cut -c 1-32
    assertThat(Claim.of(new LogicalResource(STACK, "Provider")))
        .isEqualTo(
            new Claim("45095d0d1bc78f40facaa4ea1135d30e", "payments/Provider", Arn.parse(STACK)));
  }

  @Test
  void otherStackOrLogicalIdIsAnotherClaim() {
    String id = Claim.of(new LogicalResource(STACK, "Provider")).id();
    assertThat(Claim.of(new LogicalResource(STACK + "e", "Provider")).id()).isNotEqualTo(id);
    assertThat(Claim.of(new LogicalResource(STACK, "Providers")).id()).isNotEqualTo(id);
    // The hash separates the two.
    assertThat(Claim.of(new LogicalResource("ab", "c")).id())
        .isNotEqualTo(Claim.of(new LogicalResource("a", "bc")).id());
  }

  @Test
  void theOwnerHasOnlyCharactersThatATagAllows() {
    Claim claim =
        Claim.of(
            new LogicalResource(
                "arn:aws:cloudformation:eu-west-1:111122223333:stack/na*me a/1", "Logical"));
    assertThat(claim.owner()).isEqualTo("na_me_a/Logical");
    assertThat(claim.key()).isEqualTo("eks-oidc-provider/claim/" + claim.id());
  }

  @Test
  void aRecordIsReadAsItWasWritten() {
    var record =
        new ClaimRecord(
            "payments/Provider",
            ClaimRecord.Origin.RETRY,
            "5b1c7d2e-0000-4000-8000-000000000001",
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Optional.of("eu-west-1/main"));
    assertThat(record.value())
        .isEqualTo(
            "payments/Provider Retry 5b1c7d2e-0000-4000-8000-000000000001"
                + " 2026-01-02T03:04:05.678Z eu-west-1/main");
    assertThat(ClaimRecord.parse(record.value())).isEqualTo(record);
  }

  @Test
  void aStackElsewhereIsRecorded() {
    var record =
        new ClaimRecord(
            "payments/Provider",
            ClaimRecord.Origin.CREATE,
            "r",
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Optional.of("eu-west-1/main"),
            Optional.of("us-east-1:444455556666"));
    assertThat(record.value()).endsWith(" eu-west-1/main us-east-1:444455556666");
    assertThat(ClaimRecord.parse(record.value())).isEqualTo(record);
    assertThat(record.stackRegion()).contains("us-east-1");
    assertThat(record.stackAccount()).contains("444455556666");

    ClaimRecord noCluster = ClaimRecord.parse("a/B Create r 2026-01-02T03:04:05.678Z us-east-1");
    assertThat(noCluster.cluster()).isEmpty();
    assertThat(noCluster.stackRegion()).contains("us-east-1");
    assertThat(noCluster.stackAccount()).isEmpty();
    ClaimRecord ofCluster = ClaimRecord.parse("a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/m");
    assertThat(ofCluster.stackRegion()).contains("eu-west-1");
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
    ClaimRecord record =
        Claim.of(new LogicalResource(stackId, "Provider"))
            .record(
                ClaimRecord.Origin.CREATE,
                "r",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                Optional.of("eu-west-1/main"),
                "111122223333");
    assertThat(record.value()).endsWith(" eu-west-1/main no-stack");
    ClaimRecord read = ClaimRecord.parse(record.value());
    assertThat(read).isEqualTo(record);
    assertThat(read.isComplete()).isTrue();
    assertThat(read.isOfStack()).isFalse();
    assertThat(read.stackRegion()).isEmpty();
    assertThat(read.stackAccount()).isEmpty();
  }

  @Test
  void aRecordIsNeverLongerThanATagValue() {
    var record =
        new ClaimRecord(
            "n".repeat(128) + "/" + "l".repeat(255),
            ClaimRecord.Origin.UPDATE,
            "r".repeat(64),
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Optional.of("ap-southeast-99/" + "c".repeat(100)));
    assertThat(record.value()).hasSize(256);
    assertThat(ProviderTags.isStorable(record.value())).isTrue();
    ClaimRecord read = ClaimRecord.parse(record.value());
    assertThat(read.requestId()).isEqualTo(record.requestId());
    assertThat(read.cluster()).isEqualTo(record.cluster());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "one/Provider", "a b c d", "a Create r 2026 c", "a Create r x y z"})
  void aValueThatSomebodyEditedIsStillAClaim(String value) {
    ClaimRecord read = ClaimRecord.parse(value);
    assertThat(read.owner()).isEqualTo(value);
    assertThat(read.requestId()).isEmpty();
    assertThat(read.at()).isEqualTo(Instant.EPOCH);
  }
}
