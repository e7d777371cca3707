package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IAM's reads lag behind its writes by up to 20 seconds; calls land late or are lost. */
@Tag("long")
@Order(1)
class LaggingReadsIT extends FunctionTestBase {

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private void lag(int millis) {
    aws.iam().lagReads(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(ints = {1_500, 19_000})
  void aDeleteRightAfterItsCreateDeletes(int millis) {
    lag(millis);
    created(main());
    succeeded(client.send(TestEvents.delete(STACK, ARN, main()), TIMEOUT));
    assertThat(provider(ARN)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 19_000})
  void adoptionWaitsUntilItSeesItsClaim(int millis) {
    aws.iam().create("https://" + ISSUER, List.of("theirs"), List.of(), Map.of());
    lag(millis);
    InvocationResult create = succeeded(client.send(TestEvents.create(STACK, main()), TIMEOUT));
    assertThat(create.attribute("Ownership")).isEqualTo("Adopted");
    assertThat(owners(ARN)).containsExactly("one/Provider");
    assertThat(provider().audiences()).containsExactly("theirs", "sts.amazonaws.com");
  }

  @Test
  void anUpdateThatRemovesSomethingDoesNotWaitForItsOwnLease() {
    created(main("ClientIdList", List.of("a", "b")));
    lag(7_000);
    InvocationResult update =
        succeeded(
            client.send(
                TestEvents.update(
                    STACK,
                    ARN,
                    main("ClientIdList", List.of("a")),
                    main("ClientIdList", List.of("a", "b"))),
                TIMEOUT));
    assertThat(provider().audiences()).containsExactly("a");
    assertThat(provider().tags().keySet()).noneMatch(key -> key.contains("/deleting/"));
    // A lease lasts three minutes.
    assertThat(update.time()).isLessThan(Duration.ofSeconds(90));
  }

  /** Reads still show the state before the Update that is rolled back. */
  @Test
  void aRollbackRestoresAlthoughReadsShowTheOldState() {
    var old = main("ClientIdList", List.of("a"), "Tags", List.of(Map.of("Key", "k", "Value", "1")));
    var changed = main("ClientIdList", List.of("b"));
    created(old);
    lag(4_000);
    sleep(5_000);
    succeeded(client.send(TestEvents.update(STACK, ARN, changed, old), TIMEOUT));
    assertThat(provider().audiences()).containsExactly("b");

    succeeded(client.send(TestEvents.update(STACK, ARN, old, changed), TIMEOUT));

    assertThat(provider().audiences()).containsExactly("a");
    assertThat(userTags()).isEqualTo(Map.of("k", "1"));
  }

  @Test
  void theDeleteOfAProviderThatSomebodyRemovedWaitsUntilThatIsCertain() {
    created(main());
    aws.iam().delete(ARN);
    InvocationResult delete =
        succeeded(client.send(TestEvents.delete(STACK, ARN, main()), TIMEOUT));
    assertThat(delete.time()).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(25));
    assertThat(delete.actions()).hasSizeLessThan(15);
  }

  @Test
  void currentReadsCostNothing() {
    Instant begin = Instant.now();
    created(main());
    succeeded(client.send(TestEvents.create(OTHER_STACK, main())));
    succeeded(update(ARN, main(), main()));
    succeeded(delete(ARN, main()));
    succeeded(client.send(TestEvents.delete(OTHER_STACK, ARN, main())));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(6));
    assertThat(provider(ARN)).isEmpty();
  }

  /**
   * The deletion gets no response, another stack claims the provider, and then the deletion is
   * carried out: the other stack must not have received SUCCESS before.
   */
  @Test
  void aDeletionThatIsCarriedOutLateTakesNothingFromWhoClaimsMeanwhile() throws Exception {
    created(main());
    aws.faults().next("iam:DeleteOpenIDConnectProvider", 1, new Fault.Late(Duration.ofSeconds(12)));
    try (FunctionProcess another = FunctionProcess.start(aws, FunctionZip.unpack())) {
      FunctionClient second = new FunctionClient(aws, another);
      CompletableFuture<InvocationResult> delete =
          CompletableFuture.supplyAsync(
              () -> client.send(TestEvents.delete(STACK, ARN, main()), TIMEOUT));
      sleep(1_500);
      InvocationResult create = second.send(TestEvents.create(OTHER_STACK, main()), TIMEOUT);
      succeeded(create);
      assertThat(owners(ARN)).contains("two/Provider");
      succeeded(delete.get());
    }
    assertThat(owners(ARN)).containsExactly("two/Provider");
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
