package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A stack of another account names this account's function as its ServiceToken. */
class OtherAccountIT extends FunctionTestBase {

  private static final String OTHER_ACCOUNT = "444455556666";
  private static final String DECISION =
      "the stack is in another account than the function and the provider";

  @Test
  void theReasonOfAClusterThatIsNotFoundNamesBothAccounts() {
    InvocationResult result =
        failed(
            client.send(
                ofOtherAccount(
                    TestEvents.create(STACK, TestEvents.properties("ClusterName", "theirs")))));

    assertThat(result.reason())
        .isEqualTo(
            "There is no EKS cluster theirs in eu-west-1 in the account 111122223333, in which the"
                + " function works; the stack is in the account 444455556666. Deploy the function"
                + " in the stack's account too, and use its ServiceToken there.");
    assertThat(result.actions()).containsExactly("eks:DescribeCluster");
    succeeded(
        client.send(
            ofOtherAccount(
                TestEvents.delete(
                    STACK, result.physicalId(), TestEvents.properties("ClusterName", "theirs")))));
  }

  @Test
  void aSuccessIsLoggedWithBothAccounts() {
    InvocationResult create = succeeded(client.send(ofOtherAccount(create())));
    assertThat(create.physicalId()).isEqualTo(ARN);

    assertThat(decisions(create))
        .filteredOn(entry -> entry.path("decision").asText().equals(DECISION))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.path("stackAccount").asText()).isEqualTo(OTHER_ACCOUNT);
              assertThat(entry.path("provider").asText()).isEqualTo(ARN);
            });

    succeeded(client.send(ofOtherAccount(TestEvents.delete(STACK, ARN, main()))));
    assertThat(provider(ARN)).isEmpty();
  }

  @Test
  void nothingIsLoggedForAStackOfTheFunctionsAccountOrOfNoAccount() {
    ObjectNode pulumi = create();
    pulumi.put("StackId", "dev");
    for (InvocationResult result : List.of(created(main()), succeeded(client.send(pulumi)))) {
      assertThat(decisions(result))
          .isNotEmpty()
          .noneMatch(entry -> entry.path("decision").asText().equals(DECISION));
    }
    ObjectNode noCluster = TestEvents.create(STACK, Map.of("ClusterName", "theirs"));
    noCluster.put("StackId", "dev");
    assertThat(failed(client.send(noCluster)).reason())
        .startsWith("There is no EKS cluster theirs in eu-west-1. Check ClusterName");
  }

  private static ObjectNode create() {
    return TestEvents.create(STACK, main());
  }

  private static ObjectNode ofOtherAccount(ObjectNode event) {
    event.put("StackId", event.get("StackId").asText().replace(TestEvents.ACCOUNT, OTHER_ACCOUNT));
    return event;
  }
}
