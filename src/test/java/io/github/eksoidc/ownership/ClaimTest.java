package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.provider.ProviderTags;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimTest {

  private static final Instant READ_AT = Instant.parse("2026-06-01T00:00:00Z");

  @Test
  void aClaimIsReadAsItWasWritten() {
    var claim =
        new Claim(
            "payments/Provider",
            Claim.Origin.RETRY,
            "5b1c7d2e-0000-4000-8000-000000000001",
            Instant.parse("2026-01-02T03:04:04Z"),
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Optional.of("eu-west-1/main"),
            Optional.empty());
    assertThat(claim.value())
        .isEqualTo(
            "payments/Provider Retry 5b1c7d2e-0000-4000-8000-000000000001"
                + " 2026-01-02T03:04:04Z/PT1.678S eu-west-1/main");
    assertThat(Claim.parse(claim.value(), READ_AT)).contains(claim);
  }

  @Test
  void aStackElsewhereIsRecorded() {
    var claim =
        new Claim(
            "payments/Provider",
            Claim.Origin.CREATE,
            "r",
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Instant.parse("2026-01-02T03:04:05.678Z"),
            Optional.of("eu-west-1/main"),
            Optional.of("us-east-1:444455556666"));
    assertThat(claim.value()).endsWith(" eu-west-1/main us-east-1:444455556666");
    assertThat(Claim.parse(claim.value(), READ_AT)).contains(claim);
    assertThat(claim.stackRegion()).contains("us-east-1");
    assertThat(claim.stackAccount()).contains("444455556666");

    Claim noCluster = parse("a/B Create r 2026-01-02T03:04:05.678Z us-east-1");
    assertThat(noCluster.cluster()).isEmpty();
    assertThat(noCluster.stackRegion()).contains("us-east-1");
    assertThat(noCluster.stackAccount()).isEmpty();
    Claim ofCluster = parse("a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/m");
    assertThat(ofCluster.stackRegion()).contains("eu-west-1");
  }

  @Test
  void aClaimIsNeverLongerThanATagValue() {
    var claim =
        new Claim(
            "n".repeat(128) + "/" + "l".repeat(255),
            Claim.Origin.UPDATE,
            "r".repeat(64),
            Instant.parse("2026-01-02T03:04:04.999Z"),
            Instant.parse("2026-01-02T03:14:05.678Z"),
            Optional.of("ap-southeast-9/" + "c".repeat(100)),
            Optional.of("us-east-1:444455556666"));
    assertThat(claim.value()).hasSize(256);
    assertThat(ProviderTags.isStorable(claim.value())).isTrue();
    Claim read = parse(claim.value());
    assertThat(read.requestId()).isEqualTo(claim.requestId());
    assertThat(read.cluster()).isEqualTo(claim.cluster());
  }

  /** Of somebody unknown: the claim protects, and nothing is read from it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "one/Provider",
        "a b c d",
        "a Create r 2026 c",
        "a Create r x y z",
        "a/B create r 2026-01-02T03:04:05.678Z",
        "a/B Create  2026-01-02T03:04:05.678Z",
        "a/B Create r/1 2026-01-02T03:04:05.678Z",
        "a/B Create r 2026-01-02T03:04:05.678z",
        "a/B Create r 2026-01-02T03:04:05.000Z",
        "a/B Create r 2026-01-02T03:04:05.678+01:00",
        "a/B Create r 2026-01-02T24:00:00Z",
        "a/B Create r 2026-13-02T03:04:05Z",
        // Times that the function can't have written
        "a/B Create r +1000000000-12-31T23:59:59.999999999Z",
        "a/B Create r -1000000000-01-01T00:00:00Z",
        "a/B Create r 1970-01-01T00:00:00Z",
        "a/B Create r 2024-12-31T23:59:59.999Z",
        "a/B Create r 2026-06-01T00:01:00.001Z",
        "a/B Create r 9999-12-31T23:59:59Z",
        "a/B Create r 2026-01-02T03:04:05Z/PT0S",
        "a/B Create r 2026-01-02T03:04:05Z/PT60S",
        "a/B Create r 2026-01-02T03:04:05Z/PT1.5000S",
        "a/B Create r 2026-01-02T03:04:05Z/PT-1S",
        "a/B Create r 2026-01-02T03:04:05Z/P1D",
        "a/B Create r 2026-01-02T03:04:05Z/PT",
        "a/B Create r 2026-01-02T03:04:05Z/",
        "a/B Create r 2026-01-02T03:04:05Z/PT6H15M0.001S",
        "a/B Create r 2026-01-02T03:04:05Z/PT99999999999999H",
        "a/B Create r 2026-06-01T00:00:59Z/PT2S",
        "a/B Create r +1000000000-12-31T23:59:59.999999999Z/PT1S",
        // Hosts and other things in the place of a Region, an account, or a cluster
        "x/Oidc Create r1 2026-01-01T00:00:00Z eu-west-1/payments x@abc123.execute-api.us-east-1",
        "a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/payments evil.example.com",
        "a/B Create r 2026-01-02T03:04:05.678Z evil.example.com/payments",
        "a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/../payments",
        "a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/pay.ments",
        "a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/",
        "a/B Create r 2026-01-02T03:04:05.678Z /payments",
        "a/B Create r 2026-01-02T03:04:05.678Z localhost",
        "a/B Create r 2026-01-02T03:04:05.678Z us-east-1:1",
        "a/B Create r 2026-01-02T03:04:05.678Z us-east-1:4444555566667",
        "a/B Create r 2026-01-02T03:04:05.678Z no-stack:444455556666",
        "a/B Create r 2026-01-02T03:04:05.678Z eu-west-1/payments us-east-1 us-east-1",
        "a/B Create r 2026-01-02T03:04:05.678Z ",
        " a/B Create r 2026-01-02T03:04:05.678Z"
      })
  void aValueThatTheFunctionDoesNotWriteIsNoClaim(String value) {
    assertThat(Claim.parse(value, READ_AT)).isEmpty();
  }

  /** One character of a real value changed, left out or added: read as it stands, or not at all. */
  @Test
  void whatIsReadIsWhatIsWritten() {
    String written =
        "payments/Provider Renewal 5b1c7d2e-0000-4000-8000-000000000001 2026-01-02T03:04:05Z/PT1M1.678S"
            + " eu-west-1/main us-east-1:444455556666";
    SplittableRandom random = new SplittableRandom(20260102);
    String letters = "aZ09 -_./:@+=\u00a0\u0131\u0660\t\u001b";
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(written);
      for (int n = random.nextInt(1, 3); n > 0; n--) {
        int at = random.nextInt(text.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, letter);
          case 1 -> text.insert(at, letter);
          default -> text.deleteCharAt(at);
        }
      }
      Optional<Claim> claim = Claim.parse(text.toString(), READ_AT);
      read += claim.isPresent() ? 1 : 0;
      claim.ifPresent(
          is -> {
            assertThat(is.value()).isEqualTo(text.toString());
            assertThat(is.writtenAt()).isBetween(Instant.parse("2025-01-01T00:00:00Z"), READ_AT);
            assertThat(is.stackRegion().stream().allMatch(r -> Partition.ofRegion(r).isPresent()))
                .isTrue();
            assertThat(is.stackAccount().stream().allMatch(a -> a.matches("[0-9]{12}"))).isTrue();
          });
    }
    assertThat(read).isBetween(2_000, 18_000);
  }

  private static Claim parse(String value) {
    return Claim.parse(value, READ_AT).orElseThrow();
  }
}
