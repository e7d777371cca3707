package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that fail, lose a response, or meet another request: what they change and leave. */
class FailedRequestIT extends FunctionTestBase {

  private static final String DELETE = "iam:DeleteOpenIDConnectProvider";
  private static final String ADD = "iam:AddClientIDToOpenIDConnectProvider";

  /** A second deletion could hit a provider that another stack has created meanwhile. */
  @Test
  void aDeletionWhoseResponseIsLostIsSentOnce() {
    created(main());
    InMemoryIam.Entry young = provider();
    // A read that does not show an old provider can't be one from before its creation.
    Instant longAgo = Instant.now().minus(Duration.ofHours(1));
    aws.iam().put("https://" + ISSUER, longAgo, young.audiences(), young.tags());
    aws.faults().next(DELETE, 1, new Fault.ResetAfter());

    InvocationResult result = succeeded(delete(ARN, main()));

    assertThat(result.actions()).filteredOn(DELETE::equals).hasSize(1);
    assertThat(provider(ARN)).isEmpty();
  }

  @Test
  void aFailedDeleteLeavesNoLeaseAndRespondsWithItsId() {
    created(main());
    InMemoryIam.Entry before = provider();
    aws.denied().add(DELETE);

    InvocationResult result = failed(delete(ARN, main()));

    assertThat(result.reason()).contains("is not allowed to call " + DELETE);
    assertThat(result.physicalId()).isEqualTo(ARN);
    // Other requests would wait for a lease until it expires.
    assertThat(provider()).isEqualTo(before);
  }

  /** The provider that a rollback returns to has carried the claim all the time. */
  @Test
  void aFailedRollbackKeepsTheClaimThatItFound() {
    Map<String, Object> other = TestEvents.properties("ClusterName", "other");
    created(main());
    created(other);
    InMemoryIam.Entry before = provider();
    aws.denied().add(ADD);

    InvocationResult result =
        failed(update(OTHER_ARN, main("ClientIdList", List.of("sts.amazonaws.com", "x")), other));

    assertThat(result.reason()).contains(ADD);
    assertThat(result.physicalId()).isEqualTo(OTHER_ARN);
    assertThat(provider()).isEqualTo(before);
  }

  @Test
  void anUpdateAdoptsAProviderThatWasCreatedAgainAlsoWithOnExistingFail() {
    created(main("OnExisting", "Fail"));
    aws.iam().delete(ARN);
    foreignProvider(List.of("theirs"), Map.of());

    InvocationResult result =
        succeeded(
            update(ARN, main("OnExisting", "Fail", "Trigger", "2"), main("OnExisting", "Fail")));

    assertThat(result.attribute("Ownership")).isEqualTo("Adopted");
    assertThat(owners(ARN)).containsExactly("one/Provider");
    assertThat(provider().audiences()).contains("theirs");
  }

  @Test
  void anUpdateThatRemovesSomethingWaitsForTheLeaseOfAnotherRequest() {
    Map<String, Object> old = main("ClientIdList", List.of("a", "b"));
    created(old);
    Instant until = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.MILLIS);
    aws.iam().tag(ARN, Map.of("eks-oidc-provider/deleting/" + "f".repeat(16), until.toString()));

    succeeded(update(ARN, main("ClientIdList", List.of("a")), old));

    assertThat(Instant.now()).isAfter(until);
    assertThat(provider().audiences()).containsExactly("a");
  }

  /** Such a Delete looks for the claim of a Create that may still run, until its time is up. */
  @Test
  void aDeleteRespondsBeforeTheServiceTimeout() {
    InvocationResult result =
        succeeded(
            client.send(
                TestEvents.delete(STACK, INVENTED_ID, main("ServiceTimeout", "5")),
                Duration.ofSeconds(20)));

    assertThat(result.time()).isLessThan(Duration.ofSeconds(5));
  }
}
