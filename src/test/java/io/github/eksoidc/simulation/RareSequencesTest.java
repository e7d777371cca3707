package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.simulation.Script.Played;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Sequences that random lives come to seldom, each of which has broken a rule. */
class RareSequencesTest extends ScriptTestBase {

  /** A canceled Create with TakeOver stores the managed tag after its claim was released. */
  @Test
  void takeoverAfterItsClaimIsReleased() {
    foreign("a", "d");
    Played create = script.send(create("c", takeOver("a"))).until(RareSequencesTest::takesOver);
    Played cancel = script.send(delete("c", MADE_UP_ID, "a"));
    cancel.until(Step.Make.class::isInstance).step(); // removes the claim
    create.toEnd();
    succeeds(cancel);
    assertThat(script.isClaimed("a", "c")).isFalse();
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent(); // somebody else made it
  }

  /** The same with an Update and its rollback. */
  @Test
  void replacingTakeoverAfterItsClaimIsReleased() {
    managed("a", "c");
    foreign("b", "d");
    Played update = script.send(update(takeOver("b"), Scenario.properties("a")));
    Played rollback = script.send(update(Scenario.properties("a"), takeOver("b")));
    // the rollback has renewed its claim and waits
    update.until(RareSequencesTest::takesOver);
    succeeds(rollback);
    update.toEnd();
    succeeds(script.send(delete("d", "b")));
    assertThat(script.provider("b")).isPresent();
  }

  /**
   * no concurrency, only a read that lags: the Create fails because the response to its takeover is
   * lost, and the first read of its Delete is from a moment before the takeover.
   */
  @Test
  void readFromBeforeATakeoverThatFailed() {
    foreign("a", "d");
    Played create = script.send(create("c", takeOver("a"))).until(RareSequencesTest::takesOver);
    Optional<Provider> before = shown("a");
    String id = fails(create, losing(RareSequencesTest::takesOver));
    succeeds(script.send(delete("c", id, "a")), readingFirst(before));
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent();
  }

  /** The takeover was done; then canceled; the first read of the Delete lags. */
  @Test
  void readFromBeforeATakeoverThatWasCanceled() {
    foreign("a", "d");
    Played create = script.send(create("c", takeOver("a"))).until(RareSequencesTest::takesOver);
    Optional<Provider> before = shown("a");
    create.toEnd();
    script.pass(Duration.ofSeconds(10));
    succeeds(script.send(delete("c", MADE_UP_ID, "a")), readingFirst(before));
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent();
  }

  /** The rollback of c's Update to B undoes the takeover that d made long ago. */
  @Test
  void rollbackBesideTheTakeoverOfAnother() {
    managed("a", "c");
    foreign("b");
    succeeds(script.send(create("d", takeOver("b"))));
    assertThat(isManaged("b")).isTrue();
    script.pass(Duration.ofHours(10));
    Played update = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    succeeds(script.send(rollBack("c", "a", "b")));
    update.toEnd();
    assertThat(isManaged("b")).isTrue();
  }

  /** The Delete of c's canceled Create undoes the takeover that d has made. */
  @Test
  void canceledCreateBesideTheTakeoverOfAnother() {
    foreign("a");
    succeeds(script.send(create("d", takeOver("a"))));
    script.pass(Duration.ofMinutes(5));
    Played create = script.send(create("c", "a")).until(Step.Make.class::isInstance).step();
    succeeds(script.send(delete("c", MADE_UP_ID, "a")));
    create.toEnd();
    assertThat(isManaged("a")).isTrue();
  }

  /** A Create with TakeOver fails; its retry has Adopt; then the failed one is cleaned up. */
  @Test
  void retryWithoutTakeover() {
    foreign("a", "d");
    String id =
        fails(script.send(create("c", takeOver("a"))), losing(RareSequencesTest::takesOver));
    script.pass(Duration.ofSeconds(30));
    succeeds(script.send(create("c", "a")));
    succeeds(script.send(delete("c", id, "a")));
    succeeds(script.send(delete("c", "a")));
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent();
  }

  /** A retained provider x, the own one removed by hand, an Update to no cluster, rolled back. */
  @Test
  void rollbackToAProviderThatIsGone() {
    script.create("x");
    script.create("n");
    script.delete("n"); // no such cluster
    managed("x", "c"); // retained: UpdateReplacePolicy
    succeeds(script.send(update("c", "x", "a", STS)));
    script.pass(Duration.ofHours(1));
    script.iam.delete(SimulatedAccount.arn("a")); // by hand; or its claim is stripped
    fails(script.send(update("c", "a", "n", STS)));
    assertThat(script.provider("x")).isPresent();
    succeeds(script.send(rollBack("c", "a", "n")));
    assertThat(script.provider("x")).isPresent();
  }

  @Test
  void rollbackToAProviderWithoutItsClaim() {
    script.create("x");
    managed("x", "c");
    managed("a");
    succeeds(script.send(rollBack("c", "a", "n")));
    assertThat(script.provider("x")).isPresent();
  }

  /** 50 tags; the Update to B takes the place of a retained claim, and fails. */
  @Test
  void updateToAFullProviderOfTheResource() {
    managed("a", "c");
    provider("b", STS, filler(48), "c");
    fails(script.send(update(tags("b", "x", 1), Scenario.properties("a"))));
    assertThat(script.provider("b")).isPresent();
  }

  /** A Delete delivered again after the resource has come back. */
  @Test
  void deleteDeliveredAgain() {
    managed("a", "c");
    succeeds(script.send(update("c", "a", "b", STS)));
    Played deleteA = script.send(delete("c", "a"));
    succeeds(deleteA);
    script.pass(Duration.ofMinutes(1));
    succeeds(script.send(update("c", "b", "a", STS)));
    succeeds(script.send(delete("c", "b")));
    assertThat(script.isClaimed("a", "c")).isTrue();
    script.pass(Duration.ofMinutes(1));
    succeeds(deleteA.again());
    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  @Test
  void rejectionByAReadThatLags() {
    managed("a", "d");
    Optional<Provider> before = shown("a");
    succeeds(script.send(delete("d", "a")));
    Instant lagsUntil = script.now().plusSeconds(15);
    succeeds(
        script.send(create("c", with("a", "OnExisting", "Fail"))),
        step -> {
          if (step instanceof Step.Create) {
            script.perform(step);
            return Optional.of(CallResult.value(Creation.UNKNOWN, script.now()));
          }
          return script.now().isBefore(lagsUntil) ? reading(before).apply(step) : Optional.empty();
        });
  }

  /** A Create that claimed and died; its cluster is gone at the next delivery, a minute later. */
  @Test
  void clusterGoneAtTheNextDelivery() {
    Played create = script.send(create("c", "a")).until(Step.Create.class::isInstance).step();
    script.delete("a");
    script.pass(Duration.ofMinutes(1));
    String id = fails(create.again());
    succeeds(script.send(delete("c", id, "a")));

    assertThat(script.isClaimed("a", "c")).isFalse();
  }

  /**
   * A canceled Update claims late, and its rollback has gone to the new provider of the cluster.
   */
  @Test
  void rollbackToANewCluster() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Step.Create.class::isInstance);
    script.delete("a");
    script.create("a");

    succeeds(script.send(rollBack("c", "a", "b")));
    update.toEnd();

    assertThat(script.isClaimed("b", "c")).isFalse();
  }

  /** The claim that the canceled Update renews is not one of a later request. */
  @Test
  void rollbackToANewClusterBesideAnUpdateInPlace() {
    managed("a", "c");
    Map<String, Object> byName = Scenario.properties("a");
    Map<String, Object> byUrl = Map.of("Url", SimulatedAccount.issuer("a", 0).url());
    Played update = script.send(update(byUrl, byName));
    script.delete("a");
    script.create("a");
    Played rollBack = script.send(update(byName, byUrl));
    update.toEnd();

    succeeds(rollBack);
  }

  /** A rollback that is delivered again after the next Update. */
  @Test
  void rollbackDeliveredAgain() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    Played rollBack = script.send(rollBack("c", "a", "b"));
    succeeds(rollBack);
    update.toEnd();
    assertThat(script.isClaimed("b", "c")).isFalse();
    // The next attempt succeeds, and CloudFormation deletes the old provider.
    succeeds(script.send(update("c", "a", "b", STS)));
    succeeds(script.send(delete("c", "a")));
    assertThat(script.isClaimed("b", "c")).isTrue();

    rollBack.again().toEnd();

    assertThat(script.isClaimed("b", "c")).isTrue();
    assertThat(script.provider("a")).isEmpty();
  }

  /** A rollback to a cluster that is gone, of whose name a retained provider is. */
  @Test
  void retainedProviderOfTheName() {
    script.delete("a");
    script.create("a");
    // Claims for a: gen 0 (retained) and gen 1 (its own); the physical id is b's.
    managed("a", "c");
    managed("b", "c");
    succeeds(script.send(update("c", "b", "a", STS))); // to a's second generation
    String second = SimulatedAccount.arn("a", 1);
    Map<String, Object> a = Scenario.properties("a");
    Map<String, Object> b = Scenario.properties("b");
    succeeds(script.send(update(second, b, a)));
    script.delete("a");
    assertThat(succeeds(script.send(update(SimulatedAccount.arn("b"), a, b)))).isEqualTo(second);
  }

  /** IAM can only replace all thumbprints. */
  @Test
  void thumbprintsAtTheSameTime() {
    foreign("a");
    Played c = script.send(create("c", thumb("a", "1")));
    Played d = script.send(create("d", thumb("a", "2")));
    Predicate<Step> thumbs = step -> step instanceof Step.Make(_, Change.ReplaceThumbprints _);
    c.until(thumbs);
    d.until(Step.Pause.class::isInstance);
    succeeds(c);
    succeeds(d);
    assertThat(script.provider("a").orElseThrow().thumbprints())
        .contains("1".repeat(40), "2".repeat(40));
  }

  /** A rollback removes the earlier claim and learns only that it is denied. */
  @Test
  void earlierClaimThatIsRemovedWithoutAResponse() {
    managed("a", "c");
    succeeds(script.send(update("c", "a", "b", STS)));

    succeeds(
        script.send(update("c", "b", "a", STS)),
        denying(step -> isUndo(step) && script.perform(step).failure().isEmpty()));

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  /** Two Creates store their leases at the same moment: one of them withdraws. */
  @Test
  void thumbprintLeasesAtTheSameMoment() {
    foreign("a");
    Played c = script.send(create("c", thumb("a", "1")));
    Played d = script.send(create("d", thumb("a", "2")));
    c.until(RareSequencesTest::putsTags).step();
    d.until(RareSequencesTest::putsTags).step();
    c.until(RareSequencesTest::putsLease);
    d.until(RareSequencesTest::putsLease);
    c.step();
    d.step();
    Instant begin = script.now();
    while (!(c.isOver() && d.isOver())) {
      if (!c.isOver()) {
        c.step();
      }
      if (!d.isOver()) {
        d.step();
      }
    }
    assertThat(Duration.between(begin, script.now())).isLessThan(Duration.ofMinutes(1));
  }

  /**
   * A Delete that withdraws its lease for another request writes another value later: a read from
   * before would otherwise be taken for one that shows the lease.
   */
  @Test
  void aLeaseIsNotWrittenTwiceWithTheSameValue() {
    managed("a", "c");
    String arn = SimulatedAccount.arn("a");
    String other = "eks-oidc-provider/deleting/0000000000000000";
    List<String> written = new ArrayList<>();
    succeeds(
        script.send(delete("c", "a")),
        step -> {
          if (putsLease(step) && step instanceof Step.Make(_, Change.PutTags(var tags))) {
            written.addAll(tags.values());
            if (written.size() == 1) {
              // Another request stores one at the same time.
              script.iam.tag(arn, Map.of(other, script.now().plusSeconds(60).toString()));
            }
          } else if (step instanceof Step.Make(_, Change.RemoveTags _)) {
            // This Delete withdraws its lease, and the other request ends.
            script.iam.untag(arn, Set.of(other));
          }
          return Optional.empty();
        });
    assertThat(script.provider("a")).isEmpty();
    assertThat(written).hasSizeGreaterThan(1).doesNotHaveDuplicates();
  }

  private static boolean putsLease(Step step) {
    return step instanceof Step.Make(_, Change change) && BrokenProtocols.isLease(change);
  }
}
