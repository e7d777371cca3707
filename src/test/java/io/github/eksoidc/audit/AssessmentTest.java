package io.github.eksoidc.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.audit.ProviderReport.Claimed;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an audit finds at one provider: a table of what is there, and what follows. */
class AssessmentTest {

  private static final String ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/D539D4633E53DE1B71EA0B2C4F6A8C1E";
  private static final ProviderArn ARN = new ProviderArn("aws", "111122223333", ISSUER);
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Stack STACK =
      new Stack(
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/one/1",
          "one",
          "eu-west-1",
          "CREATE_COMPLETE");
  private static final StackResource OURS = resource("Custom::EksOidcProvider");
  private static final StackResource NATIVE = resource("AWS::IAM::OIDCProvider");
  private static final String CLAIM = OURS.claimId();
  private static final String OTHER_CLAIM = "0".repeat(32);
  private static final Existence THERE = new Existence.Exists("there");
  private static final Existence GONE = new Existence.Gone("gone", NOW.minusSeconds(60), false);

  private static StackResource resource(String type) {
    return new StackResource(STACK, "Provider", type, ARN.toString(), "CREATE_COMPLETE");
  }

  /**
   * @param managed whether the provider is managed
   * @param claims whose claims it carries: {@code own}, {@code stale}, {@code odd}
   * @param use which resource has it: {@code ours}, {@code native}, {@code unstable}, {@code none}
   * @param complete whether all stacks could be read
   * @param findings the kinds that follow, with {@code !} if a release is what to do
   */
  @ParameterizedTest
  @CsvSource({
    "true,  own,       ours,     true,  ''",
    "true,  own,       none,     true,  ''",
    "true,  own,       ours,     false, ''",
    "true,  '',        ours,     true,  ClaimMissing",
    "false, '',        ours,     true,  ClaimMissing",
    "true,  odd,       ours,     true,  ClaimMissing",
    "true,  '',        unstable, true,  ''",
    "true,  '',        native,   true,  ''",
    "true,  '',        none,     true,  Unclaimed!",
    "true,  '',        none,     false, Unclaimed",
    "true,  odd,       none,     true,  ''",
    "false, '',        none,     true,  ''",
    "true,  stale,     none,     true,  StaleClaim!",
    "true,  stale,     none,     false, StaleClaim",
    "true,  stale,     native,   true,  StaleClaim",
    "true,  stale,     ours,     true,  ClaimMissing StaleClaim",
    "true,  own stale, ours,     true,  StaleClaim!",
    "true,  own stale, ours,     false, StaleClaim",
    "false, stale,     ours,     true,  ClaimMissing StaleClaim!",
    "false, stale,     none,     false, StaleClaim!"
  })
  void whatIsThereDecides(
      boolean managed, String claims, String use, boolean complete, String findings) {
    Map<String, String> tags = new LinkedHashMap<>();
    if (managed) {
      tags.put("eks-oidc-provider/managed", "true");
    }
    SequencedMap<String, Claimed> claimed = new LinkedHashMap<>();
    for (String claim : claims.split(" ", -1)) {
      switch (claim) {
        case "own" -> tags.put(key(CLAIM), value("one"));
        case "stale" -> tags.put(key(OTHER_CLAIM), value("gone"));
        case "odd" -> tags.put(key(CLAIM), "x");
        default -> assertThat(claim).isEmpty();
      }
    }
    Ownership ownership = ownership(tags);
    ownership
        .claims()
        .forEach(
            (id, claim) -> claimed.put(id, new Claimed(claim, id.equals(CLAIM) ? THERE : GONE)));
    List<Use> uses =
        switch (use) {
          case "ours" -> List.of(new Use(OURS, NOW.minusSeconds(60), true));
          case "unstable" -> List.of(new Use(OURS, NOW.minusSeconds(60), false));
          case "native" -> List.of(new Use(NATIVE, NOW.minusSeconds(60), true));
          default -> List.of();
        };
    List<String> found =
        assess(Optional.of(ownership), claimed, uses, complete)
            .report()
            .orElseThrow()
            .findings()
            .stream()
            .map(finding -> finding.kind().text() + (finding.isReleasable() ? "!" : ""))
            .toList();
    assertThat(String.join(" ", found)).isEqualTo(findings);
  }

  @Test
  void whatIsMissingIsReportedOnlyIfAResourceNeedsIt() {
    Assessment missing =
        assess(Optional.empty(), new LinkedHashMap<>(), List.of(new Use(OURS, NOW, true)), true);
    assertThat(missing.report().orElseThrow().findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(FindingKind.PROVIDER_MISSING);
              assertThat(finding.resource()).contains(OURS);
              assertThat(finding.detail()).contains("one/Provider", ARN.toString(), "Trigger");
            });
    for (Use use : List.of(new Use(OURS, NOW, false), new Use(NATIVE, NOW, true))) {
      assertThat(assess(Optional.empty(), new LinkedHashMap<>(), List.of(use), true))
          .isEqualTo(new Assessment(Optional.empty(), Optional.empty()));
    }
  }

  /** The read has to begin when it shows what was there when the resources were listed. */
  @Test
  void whatAFindingDependsOnIsReadAgain() {
    Instant listedAt = NOW.minus(Providers.MAX_LAG).minusSeconds(1);
    List<Use> uses = List.of(new Use(OURS, listedAt, true));
    Map<String, String> managed = Map.of("eks-oidc-provider/managed", "true");
    SequencedMap<String, Claimed> none = new LinkedHashMap<>();
    assertThat(assess(Optional.empty(), none, uses, true).asOf()).contains(listedAt);
    assertThat(assess(Optional.of(ownership(managed)), none, uses, true).asOf()).contains(listedAt);
    assertThat(assess(Optional.of(ownership(managed)), none, List.of(), true).asOf()).contains(NOW);
    assertThat(assess(Optional.of(ownership(Map.of())), none, List.of(), true).asOf()).isEmpty();
  }

  private static Assessment assess(
      Optional<Ownership> ownership,
      SequencedMap<String, Claimed> claims,
      List<Use> uses,
      boolean complete) {
    return Assessment.of(
        new Assessment.Facts(
            ARN,
            EksIssuer.parse(ISSUER).orElseThrow(),
            NOW,
            ownership,
            THERE,
            claims,
            uses,
            complete));
  }

  private static Ownership ownership(Map<String, String> tags) {
    return new Ownership(
        new Provider(
            NOW.minusSeconds(9999), List.of("sts.amazonaws.com"), List.of(), new TreeMap<>(tags)),
        NOW);
  }

  private static String key(String claim) {
    return "eks-oidc-provider/claim/" + claim + "/r";
  }

  private static String value(String stack) {
    return stack + "/Provider Create r 2026-05-01T00:00:00Z eu-west-1/main";
  }
}
