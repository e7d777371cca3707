package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.aws.DenialRetries;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that a policy denies: for a moment, because the policies of the role are new, or always.
 */
@Order(3)
class DeniedCallsIT extends FunctionTestBase {

  private static final String CREATE = "iam:CreateOpenIDConnectProvider";
  private static final String TAG = "iam:TagOpenIDConnectProvider";
  private static final String DESCRIBE = "eks:DescribeCluster";
  private static final String DELETE = "iam:DeleteOpenIDConnectProvider";

  @ParameterizedTest
  @ValueSource(strings = {DESCRIBE, CREATE, "iam:GetOpenIDConnectProvider", TAG})
  void aRoleWhosePoliciesAreNotEffectiveYetIsWaitedFor(String action) {
    foreignProvider(List.of("sts.amazonaws.com"), Map.of());
    aws.faults().next(action, 1, notYet(action));

    InvocationResult result = created(main());

    assertThat(result.calls())
        .filteredOn(call -> call.outcome().startsWith("AccessDenied"))
        .extracting(Call::action)
        .containsExactly(action);
    assertThat(owners(ARN)).containsExactly("one/Provider");
    assertThat(result.time()).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void aRoleThatStaysWithoutThePermissionIsReportedAfterThat() {
    aws.faults().next(DESCRIBE, 1_000, notYet(DESCRIBE));

    InvocationResult result = failed(create(main()));

    assertThat(result.reason())
        .startsWith(
            "The function's role is not allowed to call eks:DescribeCluster on cluster main in"
                + " eu-west-1: no identity-based policy allows it (AWS request id ")
        .contains("Deploy the function again, or allow this action in the role of RoleArn.");
    assertThat(result.physicalId()).startsWith("not-created/");
    assertThat(result.time())
        .isBetween(DenialRetries.PATIENCE.minusSeconds(6), DenialRetries.PATIENCE.plusSeconds(3));
    assertThat(result.calls()).hasSizeGreaterThan(2).hasSizeLessThan(15);
  }

  /** The whole request waits once, and not for each call. */
  @Test
  void oneRequestWaitsOnce() {
    aws.eks().remove("eu-west-1", "main");
    aws.faults().next("iam:ListOpenIDConnectProviders", 1_000, notYet("iam:List"));
    aws.faults().next("iam:GetOpenIDConnectProvider", 1_000, notYet("iam:Get"));

    InvocationResult result =
        failed(update(ARN, main(), TestEvents.properties("ClusterName", "x")));

    assertThat(result.time()).isLessThan(DenialRetries.PATIENCE.plusSeconds(3));
  }

  @Test
  void aRequestWithLittleTimeIsNotStoppedWhileItWaits() {
    aws.faults().next(DESCRIBE, 1_000, notYet(DESCRIBE));

    InvocationResult result =
        failed(client.send(TestEvents.create(STACK, main()), Duration.ofSeconds(7)));

    assertThat(result.reason()).contains("is not allowed to call " + DESCRIBE);
    assertThat(result.time()).isLessThan(Duration.ofSeconds(3));
  }

  /** A deletion is sent once, right after the reads that allow it. */
  @Test
  void aDeletionIsNotRepeated() {
    created(main());
    aws.faults().next(DELETE, 1, notYet(DELETE));

    InvocationResult result = failed(delete(ARN, main()));

    assertThat(result.actions()).filteredOn(DELETE::equals).hasSize(1);
    succeeded(delete(ARN, main()));
    assertThat(provider(ARN)).isEmpty();
  }

  private static Fault notYet(String action) {
    return new Fault.Denied(
        action, "because no identity-based policy allows the %s action".formatted(action));
  }
}
