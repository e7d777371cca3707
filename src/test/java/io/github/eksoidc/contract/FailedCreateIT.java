package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creates that fail: what their Delete does, at once or after a retry has succeeded. */
@Order(4)
class FailedCreateIT extends FunctionTestBase {

  private static final String CREATE = "iam:CreateOpenIDConnectProvider";
  private static final String GET = "iam:GetOpenIDConnectProvider";

  @ParameterizedTest
  @ValueSource(strings = {CREATE, "iam:*", "eks:*"})
  void aDeniedCreateRollsBackWithoutAnyPermission(String denied) {
    aws.denied().add(denied);
    InvocationResult create = failed(create(main()));
    assertThat(create.physicalId()).startsWith("not-created/");
    assertThat(create.reason()).contains("is not allowed to call");
    aws.denied().addAll(List.of("iam:*", "eks:*"));

    assertThat(succeeded(delete(create.physicalId(), main())).actions()).isEmpty();
  }

  /** CloudFormation canceled the Create of a misspelt type, and made the id up. */
  @ParameterizedTest
  @ValueSource(strings = {"Custom::EksOIDCProvider", "Custom::IrsaTrustPolicies", "Custom::X"})
  void theDeleteOfAMisspeltTypeSucceeds(String type) {
    aws.denied().addAll(List.of("iam:*", "eks:*"));
    InvocationResult create =
        failed(client.send(TestEvents.create(STACK, main()).put("ResourceType", type)));
    assertThat(create.reason()).contains("Unknown resource type \"" + type + "\"");
    for (String id : List.of(create.physicalId(), "payments-cluster-Oidc-1UR7ZJ0F3AKSP", "x")) {
      InvocationResult delete =
          succeeded(client.send(TestEvents.delete(STACK, id, main()).put("ResourceType", type)));
      assertThat(delete.physicalId()).isEqualTo(id);
      assertThat(delete.calls()).isEmpty();
    }
  }

  /** Such an id is of a type that this function had, and its claim must not be forgotten. */
  @Test
  void theDeleteOfAProviderAsAnUnknownTypeFails() {
    created(main());
    for (String id : List.of(ARN, "incomplete/r/" + ARN)) {
      InvocationResult delete =
          failed(
              client.send(TestEvents.delete(STACK, id, main()).put("ResourceType", "Custom::X")));
      assertThat(delete.reason()).contains("Unknown resource type \"Custom::X\"");
      assertThat(delete.physicalId()).isEqualTo(id);
      assertThat(delete.calls()).isEmpty();
    }
    assertThat(provider(ARN)).isPresent();
  }

  /** Somebody else's provider is in the way, and a policy hides it. */
  @ParameterizedTest
  @ValueSource(strings = {"Adopt", "TakeOver", "Fail"})
  void aCreateThatMayNotReadTheProviderThatItMetRollsBackWithoutThatPermission(String onExisting) {
    foreignProvider(List.of("theirs"), Map.of("k", "v"));
    InMemoryIam.Entry before = provider();
    aws.denied().add(GET);
    var properties = main("OnExisting", onExisting);
    InvocationResult create = failed(create(properties));
    assertThat(create.physicalId()).startsWith("not-created/");
    assertThat(create.reason()).contains("is not allowed to call " + GET);

    assertThat(succeeded(delete(create.physicalId(), properties)).actions()).isEmpty();

    assertThat(provider()).isEqualTo(before);
  }

  /** The attempt without a response may have created the provider that the next one met. */
  @Test
  void aCreateThatMayHaveCreatedWhatItMayNotReadIsUndoneAsSoonAsThatIsAllowed() {
    aws.faults().next(CREATE, 1, new Fault.ResetAfter());
    aws.denied().add(GET);
    InvocationResult create = failed(create(main()));
    assertThat(create.physicalId()).startsWith("incomplete/").endsWith(ARN);
    failed(delete(create.physicalId(), main()));

    aws.denied().clear();
    succeeded(delete(create.physicalId(), main()));

    assertThat(provider(ARN)).isEmpty();
  }

  @Test
  void aCreateThatAdoptedAndFailedTakesBackItsClaimOnly() {
    aws.iam().create("https://" + ISSUER, List.of("theirs"), List.of(), Map.of("k", "v"));
    InMemoryIam.Entry before = provider();
    aws.denied().add("iam:AddClientIDToOpenIDConnectProvider");
    InvocationResult create = failed(create(main()));
    assertThat(create.physicalId()).startsWith("incomplete/");

    succeeded(delete(create.physicalId(), main()));

    assertThat(provider()).isEqualTo(before);
  }

  @Test
  void aFailedTakeOverGivesTheProviderBack() {
    aws.iam().create("https://" + ISSUER, List.of("theirs"), List.of(), Map.of("k", "v"));
    InMemoryIam.Entry before = provider();
    // The claim is stored and the managed tag too, but no response to the second says so.
    aws.faults().after("iam:TagOpenIDConnectProvider", 1, 1, new Fault.ResetAfter());
    aws.faults()
        .after("iam:TagOpenIDConnectProvider", 1, 1, new Fault.ErrorResponse(403, "AccessDenied"));
    var properties = main("OnExisting", "TakeOver", "ClientIdList", List.of("theirs"));
    InvocationResult create = failed(create(properties));
    assertThat(provider().tags()).containsEntry("eks-oidc-provider/managed", "true");

    succeeded(delete(create.physicalId(), properties));

    assertThat(provider()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"Create, true", "Create, false", "Update, true", "Update, false"})
  void aLateDeleteOfAFailedCreateLeavesWhatReplacedIt(String retry, boolean acted) {
    if (acted) {
      aws.faults().next(CREATE, 1, new Fault.ResetAfter());
      aws.faults().next(GET, 1, new Fault.ErrorResponse(403, "AccessDenied"));
    } else {
      aws.faults().next(CREATE, 1, new Fault.ErrorResponse(403, "AccessDenied"));
    }
    String failedId = failed(create(main())).physicalId();
    assertThat(failedId).startsWith(acted ? "incomplete/" : "not-created/");

    InvocationResult retried =
        succeeded(
            retry.equals("Create")
                ? create(main())
                : update(failedId, main("Trigger", "2"), main()));
    assertThat(retried.physicalId()).isEqualTo(ARN);

    // CloudFormation cleans up: the failed id is deleted after the retry has succeeded.
    succeeded(delete(failedId, main()));
    assertThat(owners(ARN)).containsExactly("one/Provider");
    // Its Delete counts, and ends it.
    succeeded(delete(ARN, main()));
    assertThat(provider(ARN)).isEmpty();
  }

  @Test
  void anUpdateFromAMadeUpIdSurvivesItsDelete() {
    succeeded(update(INVENTED_ID, main(), main()));
    InvocationResult delete = succeeded(delete(INVENTED_ID, main()));
    assertThat(owners(ARN)).containsExactly("one/Provider");
    assertThat(delete.time()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void anUpdateFromAFailedIdThatFailsItselfLeavesTheClaimToTheDeleteOfTheFailedId() {
    aws.faults().next(CREATE, 1, new Fault.ResetAfter());
    aws.faults().next(GET, 1, new Fault.ErrorResponse(403, "AccessDenied"));
    String failedId = failed(create(main())).physicalId();
    aws.faults()
        .next(
            "iam:AddClientIDToOpenIDConnectProvider",
            1,
            new Fault.ErrorResponse(400, "InvalidInput"));

    InvocationResult update = failed(update(failedId, main("ClientIdList", List.of("x")), main()));
    assertThat(update.physicalId()).isEqualTo(failedId);
    assertThat(owners(ARN)).containsExactly("one/Provider");

    succeeded(delete(failedId, main()));
    assertThat(provider(ARN)).isEmpty();
  }

  @Test
  void anActiveClusterWithoutAnIssuerIsReportedAndNotWaitedForUntilTheDeadline() {
    aws.eks().put("eu-west-1", "main", new InMemoryEks.Cluster("ACTIVE", "1.33", Optional.empty()));
    InvocationResult create =
        failed(client.send(TestEvents.create(STACK, main()), Duration.ofSeconds(10)));
    assertThat(create.reason())
        .contains("is ACTIVE but has no OIDC issuer")
        .doesNotContain("longer");
  }
}
