package io.github.eksoidc.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be under way at the same time. */
final class Scenarios {

  private static final List<String> STS = List.of("sts.amazonaws.com");

  private Scenarios() {}

  /** What goes wrong beside it. */
  enum Trouble {
    NONE(""),
    A_CRASH(", a crash"),
    A_LOST_RESPONSE(", a lost response");

    private final String shown;

    Trouble(String shown) {
      this.shown = shown;
    }
  }

  /**
   * All with two requests, without trouble and with a lost response, of which all orders can be
   * seen. With a lost response, a pause ends only when the others rest.
   */
  static List<Scenario> ofTwo() {
    List<Scenario> all = new ArrayList<>(withTwo(Trouble.NONE, 2));
    all.addAll(withTwo(Trouble.A_LOST_RESPONSE, 0));
    all.addAll(withOddTags());
    return all;
  }

  /** One begins while the other waits, or after it. */
  private static List<Scenario> oneLater() {
    return List.of(
        new Scenario("a Create after the Delete of the last claim, a lost response")
            .managed("a", STS, "c")
            .delete("c", "a")
            .create("d", "a")
            .later(1)
            .leaves("a", "d")
            .wakingEarly(0)
            .losing(1),
        new Scenario("a Delete after the Delete of the other claim, a lost response")
            .managed("a", STS, "c", "d")
            .delete("c", "a")
            .delete("d", "a")
            .later(1)
            .losing(1),
        new Scenario("a Create after a Create, a lost response")
            .create("c", "a", "x")
            .create("d", "a", "y")
            .later(1)
            .leaves("a", "c", "d")
            .losing(1));
  }

  /** All with two requests, with a crash anywhere, and with a lost response. */
  static List<Scenario> ofTwoWithTrouble() {
    List<Scenario> all = new ArrayList<>(withTwo(Trouble.A_CRASH, 1));
    all.addAll(withTwo(Trouble.A_LOST_RESPONSE, 1));
    all.addAll(oneLater());
    return inSteps(all);
  }

  private static List<Scenario> withTwo(Trouble trouble, int earlyWakes) {
    List<Scenario> scenarios = new ArrayList<>(withTwo());
    scenarios.addAll(ofRollbacks());
    for (Scenario scenario : scenarios) {
      scenario.name += trouble.shown;
      scenario.crashes = trouble == Trouble.A_CRASH ? scenario.crashes : 0;
      scenario.lostAnswers = trouble == Trouble.A_LOST_RESPONSE ? 1 : 0;
      scenario.earlyWakes = earlyWakes;
    }
    return scenarios;
  }

  private static List<Scenario> withTwo() {
    return withTrouble(
        new Scenario("two Creates")
            .create("c", "a", "x")
            .create("d", "a", "y")
            .leaves("a", "c", "d"),
        new Scenario("a Create beside the Delete of the last claim")
            .managed("a", STS, "d")
            .create("c", "a", "x")
            .delete("d", "a")
            .leaves("a", "c"),
        new Scenario("an Update beside the Delete of another claim")
            .managed("a", List.of("x", "y"), "c", "d")
            .update("c", "a", "a", List.of("x", "y"), "x", "z")
            .delete("d", "a")
            .leaves("a", "c"),
        new Scenario("an Update that takes away beside a Create")
            .managed("a", List.of("x", "y"), "c")
            .update("c", "a", "a", List.of("x", "y"), "x")
            .create("d", "a", "y")
            .leaves("a", "c", "d"),
        new Scenario("the Deletes of the last two claims")
            .managed("a", STS, "c", "d")
            .delete("c", "a")
            .delete("d", "a"),
        new Scenario("the same Create twice").create("c", "a").create("c", "a").leaves("a", "c"),
        new Scenario("the same Update twice")
            .managed("a", List.of("x", "y"), "c")
            .update("c", "a", "a", List.of("x", "y"), "y", "z")
            .update("c", "a", "a", List.of("x", "y"), "y", "z")
            .leaves("a", "c"),
        new Scenario("the same Delete twice")
            .managed("a", STS, "c")
            .delete("c", "a")
            .delete("c", "a"),
        new Scenario("a Create overtaken by its Delete")
            .create("c", "a")
            .cancel("c", "a")
            .mayFail(0)
            .crashing(1, 1),
        new Scenario("a Create overtaken by its Delete, on a shared provider")
            .managed("a", STS, "d")
            .create("c", "a", "x")
            .cancel("c", "a")
            .mayFail(0)
            .leaves("a", "d")
            .crashing(1, 1),
        new Scenario("a Create overtaken by its Delete, on somebody else's provider")
            .foreign("a", List.of("x"))
            .create("c", "a", "y")
            .cancel("c", "a")
            .mayFail(0)
            .leaves("a")
            .crashing(1, 1),
        new Scenario("a Create beside the Delete of a claim, on somebody else's provider")
            .foreign("a", List.of("x"), "d")
            .create("c", "a", "y")
            .delete("d", "a")
            .leaves("a", "c"),
        new Scenario("a replacement beside the Delete of the new provider's last claim")
            .managed("a", STS, "c")
            .managed("b", STS, "d")
            .update("c", "a", "b", STS)
            .delete("d", "b")
            .leaves("a", "c")
            .leaves("b", "c"),
        new Scenario("the release of the last claim beside a Create")
            .managed("a", STS, "c")
            .release("c", "a")
            .create("d", "a", "y")
            .leaves("a", "d")
            .crashing(1, 1),
        new Scenario("the release of a claim beside the Delete of the other")
            .managed("a", STS, "c", "d")
            .release("c", "a")
            .delete("d", "a")
            .crashing(1, 1),
        new Scenario("the release of a claim beside its Delete")
            .managed("a", STS, "c")
            .release("c", "a")
            .delete("c", "a")
            .mayFail(0)
            .crashing(1, 1));
  }

  /** Odd tags that block nobody and make nothing deletable, and one that keeps the provider. */
  private static List<Scenario> withOddTags() {
    Map<String, String> odd =
        Map.of(
            "eks-oidc-provider/deleting/00000000000000aa", "9999-12-31T23:59:59Z",
            "eks-oidc-provider/deleting/00000000000000AA", "2026-01-02T03:06:00Z",
            "eks-oidc-provider/deleting/00000000000000ab", "+1000000000-12-31T23:59:59.999999999Z",
            "eks-oidc-provider/Deleting/00000000000000aa", "2026-01-02T03:06:00Z",
            "eks-oidc-provider/taken-over", "somebody");
    String claim = "eks-oidc-provider/claim/somebody";
    Scenario kept =
        new Scenario("the Deletes of the last two claims, and an odd one")
            .managed("a", STS, "c", "d")
            .tagged("a", Map.of(claim, "+1000000000-12-31T23:59:59.999999999Z"))
            .delete("c", "a")
            .delete("d", "a");
    kept.expectedClaims.put(SimulatedAccount.arn("a"), Set.of(claim));
    return List.of(
        kept,
        new Scenario("a Create beside the Delete of the last claim, with odd tags")
            .managed("a", STS, "d")
            .tagged("a", odd)
            .create("c", "a", "x")
            .delete("d", "a")
            .leaves("a", "c"),
        new Scenario("an Update that takes away beside a Delete, with odd tags")
            .managed("a", List.of("x", "y"), "c", "d")
            .tagged("a", odd)
            .update("c", "a", "a", List.of("x", "y"), "x")
            .delete("d", "a")
            .leaves("a", "c"),
        new Scenario("a Create on somebody else's provider, with odd tags")
            .foreign("a", STS, "d")
            .tagged("a", odd)
            .tagged("a", Map.of("eks-oidc-provider/Managed", "true"))
            .tagged("a", Map.of("ek\u017f-oidc-provider/managed", "true"))
            .create("c", "a")
            .delete("d", "a")
            .leaves("a", "c"));
  }

  /** Failed Creates that are kept, canceled Updates, and clusters that are gone. */
  private static List<Scenario> ofRollbacks() {
    return withTrouble(
        new Scenario("the Delete of a failed Create beside its retry")
            .incomplete("c", "a")
            .create("c", "a")
            .cleanUp("c", "a")
            .leaves("a", "c"),
        new Scenario("the Delete of a failed Create beside its retry, on a shared provider")
            .managed("a", STS, "d")
            .incomplete("c", "a")
            .create("c", "a")
            .cleanUp("c", "a")
            .leaves("a", "c", "d"),
        new Scenario("the Delete of a failed Create beside its retry, on somebody else's provider")
            .foreign("a", List.of("x"))
            .incomplete("c", "a")
            .create("c", "a", "y")
            .cleanUp("c", "a")
            .leaves("a", "c"),
        new Scenario("the Delete of a failed Create beside another stack's Create")
            .incomplete("c", "a")
            .cleanUp("c", "a")
            .create("d", "a")
            .leaves("a", "d"),
        new Scenario("a replacement beside its rollback")
            .managed("a", STS, "c")
            .update("c", "a", "b", STS)
            .rollBack("c", "b", "a", STS)
            .mayFail(0)
            .leaves("a", "c"),
        new Scenario("a replacement beside its rollback, to a shared provider")
            .managed("a", STS, "c")
            .managed("b", STS, "d")
            .update("c", "a", "b", STS)
            .rollBack("c", "b", "a", STS)
            .mayFail(0)
            .leaves("a", "c")
            .leaves("b", "d"),
        new Scenario("a replacement beside its rollback, to somebody else's provider")
            .managed("a", STS, "c")
            .foreign("b", List.of("x"))
            .update("c", "a", "b", STS)
            .rollBack("c", "b", "a", STS)
            .mayFail(0)
            .leaves("a", "c")
            .leaves("b"),
        new Scenario("a rollback to a cluster that is gone, beside another stack's Create")
            .managed("a", STS, "c")
            .managed("b", STS)
            .updated("c", "b")
            .gone("a")
            .rollBack("c", "b", "a", STS)
            .create("d", "b")
            .leaves("a", "c")
            .leaves("b", "d"),
        new Scenario("an Update of a cluster that is gone, beside another stack's Delete")
            .managed("a", STS, "c", "d")
            .gone("a")
            .update("c", "a", "a", STS, "x")
            .delete("d", "a")
            .leaves("a", "c"));
  }

  /** One response may be lost, and one request may die: any, or the one that the scenario says. */
  private static List<Scenario> withTrouble(Scenario... scenarios) {
    for (Scenario scenario : scenarios) {
      scenario.losing(1);
      if (scenario.crashes == 0) {
        scenario.crashing(1, 0, 1);
      }
    }
    return List.of(scenarios);
  }

  /** Reads that lag by up to 20 seconds, of requests alone and beside others. */
  static List<Scenario> withLag() {
    List<Scenario> all = new ArrayList<>(withTwo());
    all.forEach(scenario -> scenario.crashes = 0);
    all.addAll(ofRollbacks());
    for (Scenario scenario : all) {
      scenario.name += ", reads that lag";
      scenario.earlyWakes = 1;
      scenario.stale(1);
    }
    all.add(
        new Scenario("the Delete right after the Create")
            .justCreated()
            .managed("a", STS, "c")
            .delete("c", "a")
            .stale(6));
    all.add(
        new Scenario("an adoption right after the Create")
            .justCreated()
            .managed("a", STS, "d")
            .create("c", "a", "x")
            .leaves("a", "c", "d")
            .stale(6));
    all.add(
        new Scenario("an Update right after the Create")
            .justCreated()
            .managed("a", List.of("x", "y"), "c")
            .update("c", "a", "a", List.of("x", "y"), "x")
            .leaves("a", "c")
            .stale(6));
    return inSteps(all);
  }

  /**
   * Time passes in steps of five seconds, so that pauses end late and together. That leaves far
   * fewer states, and each is one that can happen.
   */
  private static List<Scenario> inSteps(List<Scenario> scenarios) {
    scenarios.forEach(scenario -> scenario.tick = Duration.ofSeconds(5));
    return scenarios;
  }

  private static Scenario sameDeleteTwice(String trouble) {
    return new Scenario("the same Delete twice beside another stack's Create" + trouble)
        .managed("a", STS, "c")
        .delete("c", "a")
        .delete("c", "a")
        .create("d", "a")
        .leaves("a", "d");
  }

  /** All with three. */
  static List<Scenario> ofThree() {
    return inSteps(three());
  }

  private static List<Scenario> three() {
    return List.of(
        new Scenario("a canceled takeover beside the Delete of another stack")
            .foreign("a", STS, "d")
            .takeOver("c", "a")
            .cancel("c", "a")
            .delete("d", "a")
            .mayFail(0)
            .leaves("a"),
        sameDeleteTwice("").losing(1),
        sameDeleteTwice(", without trouble"),
        sameDeleteTwice(", where reads lag").stale(1),
        new Scenario("the Deletes of the last two claims beside a Create")
            .managed("a", STS, "c", "d")
            .delete("c", "a")
            .delete("d", "a")
            .create("e", "a")
            .leaves("a", "e")
            .losing(1),
        new Scenario("a Create overtaken by its Delete, while the last claim goes")
            .managed("a", STS, "d")
            .create("c", "a")
            .cancel("c", "a")
            .delete("d", "a")
            .mayFail(0),
        new Scenario("two Creates beside the Delete of the last claim")
            .managed("a", STS, "e")
            .create("c", "a")
            .create("d", "a")
            .delete("e", "a")
            .leaves("a", "c", "d")
            .losing(1),
        new Scenario("an Update that takes away, a Create, a Delete")
            .managed("a", List.of("x", "y"), "c", "e")
            .update("c", "a", "a", List.of("x", "y"), "x")
            .create("d", "a", "y")
            .delete("e", "a")
            .leaves("a", "c", "d"),
        new Scenario("three Deletes of the last three claims")
            .managed("a", STS, "c", "d", "e")
            .delete("c", "a")
            .delete("d", "a")
            .delete("e", "a"));
  }
}
