package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.simulation.Script.Played;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A request that is delivered twice, beside those that follow it; and providers that are full. */
class RedeliveriesTest extends ScriptTestBase {

  /** CloudFormation deletes the old provider while a second delivery is at work. */
  @Test
  void secondDeliveryBesideTheCleanup() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS));
    Played second = update.again();
    succeeds(update);
    script.pass(Duration.ofSeconds(1));
    second.until(Script::waitsForReads);
    succeeds(script.send(delete("c", "a")));
    second.toEnd();
    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  /** A second delivery fails, and must not undo what the first has done. */
  @Test
  void secondDeliveryFails() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS));
    succeeds(update);
    script.pass(Duration.ofMinutes(1));
    String a = SimulatedAccount.arn("a");
    boolean[] claimed = {false};
    fails(
        update.again(),
        step -> {
          claimed[0] |= Script.waitsForReads(step);
          return claimed[0] && step instanceof Step.Find(var arn) && arn.toString().equals(a)
              ? Optional.of(CallResult.noResponse(script.now()))
              : Optional.empty();
        });
    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  /** The only claim on A, which is in use, is that of the rollback. */
  @Test
  void rollbackDeliveredAgainDuringTheNextUpdate() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    Played rollBack = script.send(rollBack("c", "a", "b"));
    succeeds(rollBack);
    update.toEnd();
    script.pass(Duration.ofMinutes(1));
    Played next = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    rollBack.again().toEnd();
    assertThat(script.provider("a")).isPresent();
    assertThat(script.isClaimed("a", "c")).isTrue();
    succeeds(next);
  }

  /** The same with two deliveries at once. */
  @Test
  void twoDeliveriesOfARollbackAndTheNextUpdate() {
    managed("a", "c");
    fails(script.send(update("c", "a", "b", STS)), denying(Step.Create.class::isInstance));
    Played rollBack = script.send(rollBack("c", "a", "b"));
    Played second = rollBack.again();
    second.until(Step.Make.class::isInstance);
    succeeds(rollBack);
    Played next = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    second.toEnd();
    assertThat(script.isClaimed("a", "c")).isTrue();
    succeeds(next);
  }

  /** Another resource has failed, and the second delivery is still at work. */
  @Test
  void secondDeliveryBesideTheRollback() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS));
    succeeds(update);
    Played second = update.again();
    second.until(Script::waitsForReads);
    Played rollBack = script.send(update("c", "b", "a", STS)).until(Script::waitsForReads);
    second.toEnd();
    assertThat(script.isClaimed("b", "c")).isTrue(); // the rollback may still fail
    succeeds(rollBack);
  }

  /** The same, and the second delivery ends after the cleanup. */
  @Test
  void secondDeliveryAfterTheRollback() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS));
    succeeds(update);
    Played second = update.again();
    second.until(Script::waitsForReads);

    Played rb = script.send(update("c", "b", "a", STS));
    rb.toEnd();
    succeeds(script.send(delete("c", "b")));
    second.toEnd();
    assertThat(script.isClaimed("a", "c")).isTrue();
    assertThat(script.provider("b")).isEmpty();
  }

  /** The old provider is deleted while a second delivery is at work. */
  @Test
  void secondDeliveryOfARollbackToANewProvider() {
    managed("a", "c");
    fails(script.send(update("c", "a", "b", STS)), denying(Step.Create.class::isInstance));
    script.delete("a");
    script.create("a");
    Played rb = script.send(rollBack("c", "a", "b"));
    Played second = rb.again();
    succeeds(rb);
    second.until(Script::waitsForReads);
    succeeds(script.send(delete("c", "a")));
    second.toEnd();
    assertThat(script.iam.all()).containsKey(SimulatedAccount.arn("a", 1));
  }

  /** The response of the first delivery, which left only its own claim, does not arrive. */
  @Test
  void rollbackToADeletedClusterDeliveredAgain() {
    managed("a", "c");
    succeeds(script.send(update("c", "a", "b", STS)));
    script.delete("a");
    Played rollBack = script.send(update("c", "b", "a", STS));
    succeeds(rollBack);
    script.pass(Duration.ofMinutes(1));
    succeeds(rollBack.again());
  }

  /** One rollback has claimed two providers for the cluster: the later claim counts. */
  @Test
  void tieOfTwoClaimsOfOneRollback() {
    managed("a", "c");
    fails(script.send(update("c", "a", "b", STS)), denying(Step.Create.class::isInstance));
    script.delete("a");
    script.create("a");
    succeeds(script.send(rollBack("c", "a", "b")));
    String second = SimulatedAccount.arn("a", 1);
    succeeds(script.send(update(second, Scenario.properties("b"), Scenario.properties("a"))));
    script.delete("a");
    assertThat(succeeds(script.send(update("c", "b", "a", STS)))).isEqualTo(second);
  }

  /** The first delivery has released what there was to release. */
  @Test
  void rollbackDeliveredAgainBesideARetainedClaim() {
    script.create("x");
    managed("x", "c");
    succeeds(script.send(update("c", "x", "b", STS)));
    script.pass(Duration.ofMinutes(2));
    succeeds(script.send(update("c", "b", "a", STS)));
    script.pass(Duration.ofMinutes(2));
    fails(script.send(update("c", "a", "b", STS)), denying(Step.Make.class::isInstance));
    Played rollBack = script.send(rollBack("c", "a", "b"));
    succeeds(rollBack);
    assertThat(script.isClaimed("b", "c")).isTrue();
    script.pass(Duration.ofMinutes(1));
    succeeds(rollBack.again());
    assertThat(script.isClaimed("b", "c")).isTrue();
  }

  /** The renewed claim takes the place of the earlier one. */
  @Test
  void rollbackToANewClusterFromAFullProvider() {
    provider("a", STS, filler(48), "c");
    Played update = script.send(update("c", "a", "b", STS));
    fails(update, denying(Step.Create.class::isInstance));
    script.delete("a");
    script.create("a");
    succeeds(script.send(rollBack("c", "a", "b")));
  }

  /** The Update has changed nothing, so nothing has to be removed, and no lease is needed. */
  @Test
  void rollbackOnAFullProvider() {
    provider("a", List.of("x", "y"), filler(48), "c");
    fails(script.send(update("c", "a", "a", List.of("x", "y"), "x", "z")));
    succeeds(script.send(update("c", "a", "a", List.of("x", "z"), "x", "y")));
  }

  /** There is room for the claim, and none for a lease. */
  @Test
  void thumbprintOnAnAlmostFullProvider() {
    provider("a", STS, filler(47), "d");
    succeeds(script.send(create("c", thumb("a", "1"))));
  }

  /** That the old provider goes does not mean that CloudFormation has canceled the Update. */
  @Test
  void oldProviderRemovedByAnotherToolDuringTheUpdate() {
    managed("a", "c");
    Played update = script.send(update("c", "a", "b", STS)).until(Script::waitsForReads);
    script.iam.delete(SimulatedAccount.arn("a"));
    succeeds(update);
  }
}
