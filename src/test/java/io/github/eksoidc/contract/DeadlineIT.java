package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** If anything hangs, the function responds before Lambda stops it. */
@Tag("long")
@Order(3)
class DeadlineIT extends FunctionTestBase {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  private static final String CANCELLING = "looking for a claim of the canceled request";

  /** Usually every other one, so that each request meets it. */
  static Stream<Arguments> callThatDoesNotEndFailsBeforeTheDeadline() {
    return IntStream.range(0, ROWS.size())
        .filter(i -> TestSize.isThorough() || i % 2 == 0)
        .mapToObj(ROWS::get);
  }

  private static final List<Arguments> ROWS =
      List.of(
          // The longest waits first.
          row("Cancel", "iam:TagOpenIDConnectProvider", "releasing " + ARN),
          row("Cancel", "iam:DeleteOpenIDConnectProvider", "deleting " + ARN),
          row("Delete", "iam:TagOpenIDConnectProvider", "releasing " + ARN),
          row("Delete", "iam:DeleteOpenIDConnectProvider", "deleting " + ARN),
          row("Update", "iam:UntagOpenIDConnectProvider", "updating " + ARN),
          row("Update", "iam:RemoveClientIDFromOpenIDConnectProvider", "updating " + ARN),
          row("Update", "iam:AddClientIDToOpenIDConnectProvider", "updating " + ARN),
          row("Update", "iam:TagOpenIDConnectProvider", "updating " + ARN),
          row("Update", "iam:GetOpenIDConnectProvider", "reading " + ARN),
          row("Update", "eks:DescribeCluster", "describing the EKS cluster main in eu-west-1"),
          row("Delete", "iam:GetOpenIDConnectProvider", "releasing " + ARN),
          row("Cancel", "eks:DescribeCluster", CANCELLING),
          row("Cancel", "iam:GetOpenIDConnectProvider", CANCELLING),
          row("Create", "eks:DescribeCluster", "describing the EKS cluster main in eu-west-1"),
          row("Create", "iam:CreateOpenIDConnectProvider", "creating " + ARN),
          row("Adopt", "iam:GetOpenIDConnectProvider", "claiming " + ARN),
          row("Adopt", "iam:TagOpenIDConnectProvider", "claiming " + ARN),
          row("Adopt", "iam:AddClientIDToOpenIDConnectProvider", "claiming " + ARN));

  private static Arguments row(String request, String call, String doing) {
    return Arguments.of(request, call, doing);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource
  void callThatDoesNotEndFailsBeforeTheDeadline(String request, String call, String doing) {
    Map<String, Object> old = main("ClientIdList", List.of("a"));
    if (request.equals("Adopt")) {
      foreignProvider(List.of("theirs"), Map.of("owner", "other"));
    } else if (!request.equals("Create")) {
      created(old);
    }
    ObjectNode event =
        switch (request) {
          case "Update" -> TestEvents.update(STACK, ARN, main("ClientIdList", List.of("b")), old);
          case "Delete" -> TestEvents.delete(STACK, ARN, old);
          case "Cancel" -> TestEvents.delete(STACK, INVENTED_ID, old);
          default -> TestEvents.create(STACK, old);
        };
    // IAM makes the change and does not respond.
    aws.faults().next(call, 99, new Fault.HangAfter());

    InvocationResult result = failed(client.send(event, TIMEOUT));

    assertThat(result.time()).isLessThan(TIMEOUT);
    assertThat(result.responses()).isEqualTo(1);
    assertThat(result.reason())
        .startsWith("The function reached its deadline while it was " + doing);
    aws.faults().clear();
    if (!TestSize.isThorough()) {
      expireLeases();
    }

    // The function keeps running, and the Delete that follows releases the claim.
    boolean canceled = result.physicalId().equals(INVENTED_ID);
    succeeded(delete(canceled ? ARN : result.physicalId(), old));
    assertThat(claims()).isEmpty();
    assertThat(provider(ARN).isPresent()).isEqualTo(request.equals("Adopt"));
  }

  private List<String> claims() {
    return aws.iam().all().values().stream()
        .flatMap(entry -> entry.tags().keySet().stream())
        .filter(key -> key.startsWith("eks-oidc-provider/claim/"))
        .toList();
  }

  @Test
  void bucketThatDoesNotRespondIsAFunctionError() {
    aws.faults().next("bucket:Put", 99, new Fault.Hang());
    InvocationResult result = client.send(TestEvents.create(STACK, main()), TIMEOUT);
    assertThat(result.time()).isLessThan(TIMEOUT);
    // Lambda then sends the event again, and finally to the on-failure destination.
    assertThat(result.returned().failed()).isTrue();
    assertThat(result.returned().text()).contains("ResponseNotDelivered").doesNotContain("X-Amz");

    aws.faults().clear();
    succeeded(create(main()));
  }

  @Test
  void rejectedResponseIsAFunctionError() {
    aws.faults().next("bucket:Put", 99, new Fault.ErrorResponse(403, "AccessDenied"));
    InvocationResult result = client.send(TestEvents.create(STACK, main()));
    assertThat(result.returned().failed()).isTrue();
    assertThat(result.returned().text()).contains("REJECTED after 1 attempts (status 403)");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void requestLeavesNothingForTheNext() {
    aws.faults().next("eks:DescribeCluster", 99, new Fault.Hang());
    failed(client.send(TestEvents.create(STACK, main()), TIMEOUT));
    aws.faults().clear();
    List<InvocationResult> next =
        Stream.of("main", "other", "main")
            .map(name -> create(TestEvents.properties("ClusterName", name)))
            .toList();
    assertThat(next).extracting(InvocationResult::physicalId).containsExactly(ARN, OTHER_ARN, ARN);
    assertThat(next).extracting(InvocationResult::responses).containsOnly(1);
  }
}
