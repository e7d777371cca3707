package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.simulation.Script.Played;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
    Played create = script.send(new Request.Create(Scenario.resource("c"), takeOver("a")));
    create.until(
        step ->
            step instanceof Step.Make(_, Change.PutTags(var tags)) && tags.containsKey(MANAGED));
    Played cancel = script.send(delete("c", MADE_UP_ID, "a"));
    cancel.until(step -> step instanceof Step.Make).step(); // removes the claim
    create.toEnd();
    succeeds(cancel);
    assertThat(script.isClaimed("a", "c")).isFalse();
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent(); // somebody else made it
  }

  /** The same with an Update and its rollback. */
  @Test
  void replacingTakeoverAfterItsClaimIsReleased() {
    provider("a", STS, Map.of(), "c");
    foreign("b", "d");
    Played update =
        script.send(
            new Request.Update(
                Scenario.resource("c"),
                SimulatedAccount.arn("a"),
                takeOver("b"),
                Scenario.properties("a")));
    Played rollback =
        script.send(
            new Request.Update(
                Scenario.resource("c"),
                SimulatedAccount.arn("a"),
                Scenario.properties("a"),
                takeOver("b")));
    // the rollback has renewed its claim and waits
    update.until(
        step ->
            step instanceof Step.Make(_, Change.PutTags(var tags)) && tags.containsKey(MANAGED));
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
    List<Optional<?>> before = new ArrayList<>();
    String id =
        fails(
            script.send(new Request.Create(Scenario.resource("c"), takeOver("a"))),
            step -> {
              if (step instanceof Step.Make(_, Change.PutTags(var t)) && t.containsKey(MANAGED)) {
                before.add(SimulatedAccount.provider(script.provider("a").orElseThrow()));
                return script.lost(step);
              }
              return Optional.empty();
            });
    Played delete = script.send(delete("c", id, "a"));
    succeeds(
        delete,
        step ->
            step instanceof Step.Find && !before.isEmpty()
                ? Optional.of(CallResult.value(before.removeFirst(), script.now()))
                : Optional.empty());
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent();
  }

  /** The takeover was done; then canceled; the first read of the Delete lags. */
  @Test
  void readFromBeforeATakeoverThatWasCanceled() {
    foreign("a", "d");
    Played create = script.send(new Request.Create(Scenario.resource("c"), takeOver("a")));
    create.until(
        step -> step instanceof Step.Make(_, Change.PutTags(var t)) && t.containsKey(MANAGED));
    Optional<?> before = SimulatedAccount.provider(script.provider("a").orElseThrow());
    create.toEnd();
    script.pass(Duration.ofSeconds(10));
    boolean[] first = {true};
    succeeds(
        script.send(delete("c", MADE_UP_ID, "a")),
        step -> {
          if (step instanceof Step.Find && first[0]) {
            first[0] = false;
            return Optional.of(CallResult.value(before, script.now()));
          }
          return Optional.empty();
        });
    succeeds(script.send(delete("d", "a")));
    assertThat(script.provider("a")).isPresent();
  }

  /** The rollback of c's Update to B undoes the takeover that d made long ago. */
  @Test
  void rollbackBesideTheTakeoverOfAnother() {
    provider("a", STS, Map.of(), "c");
    foreign("b");
    succeeds(script.send(new Request.Create(Scenario.resource("d"), takeOver("b"))));
    assertThat(isManaged("b")).isTrue();
    script.pass(Duration.ofHours(10));
    Played update = script.send(update("c", "a", "b", STS));
    update.until(Script::waitsForReads);
    succeeds(script.send(rollBack("c", "a", "b")));
    update.toEnd();
    assertThat(isManaged("b")).isTrue();
  }

  /** The Delete of c's canceled Create undoes the takeover that d has made. */
  @Test
  void canceledCreateBesideTheTakeoverOfAnother() {
    foreign("a");
    succeeds(script.send(new Request.Create(Scenario.resource("d"), takeOver("a"))));
    script.pass(Duration.ofMinutes(5));
    Played create = script.send(create("c", "a"));
    create.until(step -> step instanceof Step.Make).step();
    succeeds(script.send(delete("c", MADE_UP_ID, "a")));
    create.toEnd();
    assertThat(isManaged("a")).isTrue();
  }

  /** A Create with TakeOver fails; its retry has Adopt; then the failed one is cleaned up. */
  @Test
  void retryWithoutTakeover() {
    foreign("a", "d");
    String id =
        fails(
            script.send(new Request.Create(Scenario.resource("c"), takeOver("a"))),
            step ->
                step instanceof Step.Make(_, Change.PutTags(var t)) && t.containsKey(MANAGED)
                    ? script.lost(step)
                    : Optional.empty());
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
    provider("x", STS, Map.of(), "c"); // retained: UpdateReplacePolicy
    succeeds(script.send(update("c", "x", "a", STS)));
    script.pass(Duration.ofHours(1));
    script.iam.delete(SimulatedAccount.arn("a")); // by hand; or its claim is stripped
    fails(script.send(update("c", "a", "n", STS)), _ -> Optional.empty());
    assertThat(script.provider("x")).isPresent();
    succeeds(script.send(rollBack("c", "a", "n")));
    assertThat(script.provider("x")).isPresent();
  }

  @Test
  void rollbackToAProviderWithoutItsClaim() {
    script.create("x");
    provider("x", STS, Map.of(), "c");
    provider("a", STS, Map.of());
    succeeds(script.send(rollBack("c", "a", "n")));
    assertThat(script.provider("x")).isPresent();
  }

  /** 50 tags; the Update to B takes the place of a retained claim, and fails. */
  @Test
  void updateToAFullProviderOfTheResource() {
    provider("a", STS, Map.of(), "c");
    Map<String, String> tags = filler(48);
    provider("b", STS, tags, "c");
    Map<String, Object> more = tags("b", "x", 1);
    fails(
        script.send(
            new Request.Update(
                Scenario.resource("c"), SimulatedAccount.arn("a"), more, Scenario.properties("a"))),
        _ -> Optional.empty());
    assertThat(script.provider("b")).isPresent();
  }

  /** A Delete delivered again after the resource has come back. */
  @Test
  void deleteDeliveredAgain() {
    provider("a", STS, Map.of(), "c");
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
    provider("a", STS, Map.of(), "d");
    Optional<?> before = SimulatedAccount.provider(script.provider("a").orElseThrow());
    succeeds(script.send(delete("d", "a")));
    Map<String, Object> p = new HashMap<>(Scenario.properties("a"));
    p.put("OnExisting", "Fail");
    Instant lagsUntil = script.now().plusSeconds(15);
    Replay.Standing end =
        script
            .send(new Request.Create(Scenario.resource("c"), p))
            .toEnd(
                step -> {
                  if (step instanceof Step.Create) {
                    script.perform(step);
                    return Optional.of(CallResult.value(Creation.UNKNOWN, script.now()));
                  }
                  return step instanceof Step.Find && script.now().isBefore(lagsUntil)
                      ? Optional.of(CallResult.value(before, script.now()))
                      : Optional.empty();
                });
    assertThat(end).isInstanceOf(Replay.Standing.Succeeded.class);
  }

  /** A Create that claimed and died; its cluster is gone at the next delivery, a minute later. */
  @Test
  void clusterGoneAtTheNextDelivery() {
    Played create = script.send(create("c", "a"));
    create.until(Step.Create.class::isInstance).step();
    script.delete("a");
    script.pass(Duration.ofMinutes(1));
    String id = fails(create.again(), _ -> Optional.empty());
    succeeds(script.send(delete("c", id, "a")));

    assertThat(script.isClaimed("a", "c")).isFalse();
  }

  /**
   * A canceled Update claims late, and its rollback has gone to the new provider of the cluster.
   */
  @Test
  void rollbackToANewCluster() {
    provider("a", STS, Map.of(), "c");
    Played update = script.send(update("c", "a", "b", STS));
    update.until(Step.Create.class::isInstance);
    script.delete("a");
    script.create("a");

    succeeds(script.send(rollBack("c", "a", "b")));
    update.toEnd();

    assertThat(script.isClaimed("b", "c")).isFalse();
  }

  /** The claim that the canceled Update renews is not one of a later request. */
  @Test
  void rollbackToANewClusterBesideAnUpdateInPlace() {
    provider("a", STS, Map.of(), "c");
    Map<String, Object> byName = Scenario.properties("a");
    Map<String, Object> byUrl = Map.of("Url", SimulatedAccount.issuer("a", 0).url());
    String arn = SimulatedAccount.arn("a");
    Played update = script.send(new Request.Update(Scenario.resource("c"), arn, byUrl, byName));
    script.delete("a");
    script.create("a");
    Request rollBack = new Request.Update(Scenario.resource("c"), arn, byName, byUrl);
    Played first = script.send(rollBack);
    update.toEnd();

    succeeds(first);
  }

  /** A rollback that is delivered again after the next Update. */
  @Test
  void rollbackDeliveredAgain() {
    provider("a", STS, Map.of(), "c");
    Played update = script.send(update("c", "a", "b", STS));
    update.until(Script::waitsForReads);
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
    provider("a", STS, Map.of(), "c");
    provider("b", STS, Map.of(), "c");
    succeeds(script.send(update("c", "b", "a", STS))); // to a's second generation
    String second = SimulatedAccount.arn("a", 1);
    Played toB =
        script.send(
            new Request.Update(
                Scenario.resource("c"),
                second,
                Scenario.properties("b"),
                Scenario.properties("a")));
    succeeds(toB);
    script.delete("a");
    Replay.Standing end =
        script
            .send(
                new Request.Update(
                    Scenario.resource("c"),
                    SimulatedAccount.arn("b"),
                    Scenario.properties("a"),
                    Scenario.properties("b")))
            .toEnd();
    assertThat(((Replay.Standing.Succeeded) end).result().physicalId()).isEqualTo(second);
  }

  /** IAM can only replace all thumbprints. */
  @Test
  void thumbprintsAtTheSameTime() {
    foreign("a");
    Played c = script.send(new Request.Create(Scenario.resource("c"), thumb("a", "1")));
    Played d = script.send(new Request.Create(Scenario.resource("d"), thumb("a", "2")));
    Predicate<Step> thumbs = step -> step instanceof Step.Make(_, Change.ReplaceThumbprints _);
    c.until(thumbs);
    d.until(step -> step instanceof Step.Pause);
    succeeds(c);
    succeeds(d);
    assertThat(script.provider("a").orElseThrow().thumbprints())
        .contains("1".repeat(40), "2".repeat(40));
  }

  /** A rollback removes the earlier claim and learns only that it is denied. */
  @Test
  void earlierClaimThatIsRemovedWithoutAResponse() {
    provider("a", STS, Map.of(), "c");
    succeeds(script.send(update("c", "a", "b", STS)));

    succeeds(
        script.send(update("c", "b", "a", STS)),
        step ->
            isUndo(step)
                ? denying(_ -> script.perform(step) != null).apply(step)
                : Optional.empty());

    assertThat(script.isClaimed("a", "c")).isTrue();
  }

  /** Two Creates store their leases at the same moment: one of them withdraws. */
  @Test
  void thumbprintLeasesAtTheSameMoment() {
    foreign("a");
    Played c = script.send(new Request.Create(Scenario.resource("c"), thumb("a", "1")));
    Played d = script.send(new Request.Create(Scenario.resource("d"), thumb("a", "2")));
    c.until(step -> step instanceof Step.Make(_, Change.PutTags _)).step();
    d.until(step -> step instanceof Step.Make(_, Change.PutTags _)).step();
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
    provider("a", STS, Map.of(), "c");
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
