package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryEks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates that replace the provider, CloudFormation's rollbacks, and clusters that are gone. */
@Tag("long")
@Order(0)
class ReplacementIT extends FunctionTestBase {

  private static final String CREATE = "iam:CreateOpenIDConnectProvider";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private static Map<String, Object> other(Object... more) {
    Map<String, Object> properties = TestEvents.properties("ClusterName", "other");
    properties.putAll(TestEvents.properties(more));
    return properties;
  }

  private InvocationResult send(ObjectNode event) {
    return client.send(event, TIMEOUT);
  }

  private InvocationResult replaced(
      String id, Map<String, Object> properties, Map<String, Object> old) {
    return succeeded(send(TestEvents.update(STACK, id, properties, old)));
  }

  /** The stack update is canceled: the rollback comes while the Update is still running. */
  @Test
  void aCanceledUpdateLeavesNothingWhereReadsLag() throws Exception {
    created(main());
    aws.iam().lagReads(TestSize.ofMaxLag(0.4));
    try (FunctionProcess another = FunctionProcess.start(aws, FunctionZip.unpack())) {
      FunctionClient second = new FunctionClient(aws, another);
      CompletableFuture<InvocationResult> update =
          CompletableFuture.supplyAsync(() -> send(TestEvents.update(STACK, ARN, other(), main())));
      Thread.sleep(1_000);

      InvocationResult rollback =
          second.send(TestEvents.update(STACK, ARN, main(), other()), TIMEOUT);
      assertThat(succeeded(rollback).physicalId()).isEqualTo(ARN);
      assertThat(update.get().status()).isIn("SUCCESS", "FAILED");
    }
    assertThat(provider(OTHER_ARN)).isEmpty();
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  @Test
  void onlyAReplacementWaitsForReads() {
    created(main());
    Instant begin = Instant.now();
    succeeded(update(ARN, main("Trigger", "2"), main()));
    // The same provider, named in another way
    succeeded(update(ARN, TestEvents.properties("Url", "https://" + ISSUER), main()));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));

    InvocationResult replaced = replaced(ARN, other(), main());
    assertThat(replaced.time()).isBetween(TestSize.MAX_LAG, TestSize.MAX_LAG.plusSeconds(10));
  }

  @Test
  void aReplacementWhoseResponseWasLostIsClearedAwayByItsRollback() {
    created(main());
    replaced(ARN, other(), main());

    // CloudFormation knows the old id only.
    InvocationResult rollback = replaced(ARN, main(), other());
    assertThat(rollback.calls()).hasSizeLessThanOrEqualTo(9);

    assertThat(provider(OTHER_ARN)).isEmpty();
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  // Clusters that are gone

  @Test
  void theRollbackOfAFailedUpdateFindsTheProviderOfAClusterThatIsGone() {
    created(main());
    aws.eks().remove("eu-west-1", "main");
    aws.faults().next(CREATE, 1, new Fault.ErrorResponse(403, "AccessDenied"));
    assertThat(failed(send(TestEvents.update(STACK, ARN, other(), main()))).physicalId())
        .isEqualTo(ARN);

    InvocationResult rollback = replaced(ARN, main(), other());
    assertThat(rollback.physicalId()).isEqualTo(ARN);
    assertThat(rollback.calls()).hasSizeLessThanOrEqualTo(8);
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "DELETING", "FAILED"})
  void tagsChangeAfterTheClusterIsGone(String state) {
    created(main());
    if (state.equals("gone")) {
      aws.eks().remove("eu-west-1", "main");
    } else {
      aws.eks().put("eu-west-1", "main", new InMemoryEks.Cluster(state, "1.33", Optional.empty()));
    }
    var tagged = main("Tags", tags("team", "a"));

    assertThat(succeeded(update(ARN, tagged, main())).physicalId()).isEqualTo(ARN);
    assertThat(userTags()).isEqualTo(Map.of("team", "a"));
    assertThat(succeeded(update(ARN, main(), tagged)).physicalId()).isEqualTo(ARN);
    assertThat(userTags()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {ISSUER, OTHER_ISSUER})
  void theRollbackFromUrlToAClusterThatIsGoneSucceeds(String issuer) {
    created(main());
    Map<String, Object> url = TestEvents.properties("Url", "https://" + issuer);
    String id = replaced(ARN, url, main()).physicalId();
    aws.eks().remove("eu-west-1", "main");

    assertThat(replaced(id, main(), url).physicalId()).isEqualTo(ARN);
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  @Test
  void anUpdateToAClusterThatNeverExistedFailsAndKeepsTheId() {
    created(main());
    var none = TestEvents.properties("ClusterName", "none");

    InvocationResult update = failed(update(ARN, none, main()));
    assertThat(update.physicalId()).isEqualTo(ARN);
    assertThat(update.reason()).contains("There is no EKS cluster none in eu-west-1");
    InvocationResult rollback = succeeded(send(TestEvents.update(STACK, ARN, main(), none)));
    assertThat(rollback.physicalId()).isEqualTo(ARN);
    assertThat(rollback.calls()).hasSizeLessThanOrEqualTo(6);
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  /** UpdateReplacePolicy is Retain, so CloudFormation sent no Delete for the first provider. */
  @Test
  void theRollbackOfAMisspeltClusterLeavesAProviderThatTheTemplateRetains() {
    created(other());
    replaced(OTHER_ARN, main(), other());
    var none = TestEvents.properties("ClusterName", "none");
    failed(send(TestEvents.update(STACK, ARN, none, main())));

    assertThat(replaced(ARN, main(), none).physicalId()).isEqualTo(ARN);

    assertThat(owners(OTHER_ARN)).containsExactly("one/Provider");
    assertThat(owners(ARN)).containsExactly("one/Provider");
  }

  @Test
  void aTriggerReplacesTheProviderOfAClusterThatWasCreatedAgain() {
    created(main());
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + OTHER_ISSUER));

    InvocationResult update =
        succeeded(send(TestEvents.update(STACK, ARN, main("Trigger", "2"), main("Trigger", "1"))));

    assertThat(update.physicalId()).isEqualTo(OTHER_ARN);
    succeeded(delete(ARN, main("Trigger", "1")));
    assertThat(provider(ARN)).isEmpty();
    assertThat(owners(OTHER_ARN)).containsExactly("one/Provider");
  }

  @Test
  void aTriggerCorrectsDrift() {
    created(main("ClientIdList", List.of("a", "b"), "Trigger", "1"));
    aws.iam().removeAudience(ARN, "a");
    aws.iam().addAudience(ARN, "drift");

    succeeded(
        update(
            ARN,
            main("ClientIdList", List.of("a", "b"), "Trigger", "2"),
            main("ClientIdList", List.of("a", "b"), "Trigger", "1")));

    assertThat(provider().audiences()).containsExactlyInAnyOrder("a", "b");
  }
}
