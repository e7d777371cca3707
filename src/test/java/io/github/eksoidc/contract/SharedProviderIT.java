package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Providers that several stacks use or that existed before: who may delete what. */
@Tag("long")
@Order(2)
class SharedProviderIT extends FunctionTestBase {

  private static final String CLAIM = "eks-oidc-provider/claim/";

  private InvocationResult send(ObjectNode event) {
    return client.send(event);
  }

  // Two stacks

  @Test
  void aTakeoverThatIsDeliveredTwiceRemovesNothing() {
    foreignProvider(List.of("theirs"), Map.of("owner", "other"));
    var event = TestEvents.create(STACK, main("OnExisting", "TakeOver"));
    succeeded(client.send(event));
    assertThat(succeeded(client.send(event)).attribute("Ownership")).isEqualTo("TakenOver");
    assertThat(provider().audiences()).containsExactlyInAnyOrder("theirs", "sts.amazonaws.com");
  }

  @Test
  void lastClaimantRemovesWhatOthersAdded() {
    created(main("ClientIdList", List.of("a")));
    succeeded(send(TestEvents.create(OTHER_STACK, main("ClientIdList", List.of("b")))));
    succeeded(delete(ARN, main("ClientIdList", List.of("a"))));

    succeeded(
        send(
            TestEvents.update(
                OTHER_STACK,
                ARN,
                main("ClientIdList", List.of("b", "c")),
                main("ClientIdList", List.of("b")))));

    assertThat(provider().audiences()).containsExactlyInAnyOrder("b", "c");
  }

  // A provider that existed before

  @Test
  void adoptionOnlyAdds() {
    foreignProvider(List.of("theirs"), Map.of("owner", "eksctl"));
    String thumbprint = provider().thumbprints().getFirst();

    InvocationResult result = created(main("Tags", tags("owner", "us")));

    assertThat(result.attribute("Ownership")).isEqualTo("Adopted");
    assertThat(provider().audiences()).containsExactly("theirs", "sts.amazonaws.com");
    assertThat(provider().thumbprints()).containsExactly(thumbprint);
    assertThat(userTags()).isEqualTo(Map.of("owner", "eksctl"));
    assertThat(provider().tags()).doesNotContainKey("eks-oidc-provider/managed");
  }

  @Test
  void onExistingFailRejectsAnExistingProvider() {
    foreignProvider(List.of("theirs"), Map.of());
    InMemoryIam.Entry before = provider();

    InvocationResult result = failed(create(main("OnExisting", "Fail")));
    assertThat(result.reason()).contains(ARN, "already exists", "OnExisting", "Adopt");
    succeeded(delete(result.physicalId(), main("OnExisting", "Fail")));

    assertThat(provider()).isEqualTo(before);
  }

  @Test
  void createFailsWithoutChangesIfTheClaimDoesNotFit() {
    foreignProvider(List.of("theirs"), manyTags(50));
    InMemoryIam.Entry before = provider();

    InvocationResult result = failed(create(main()));
    assertThat(result.reason())
        .contains("50 of the 50 tags", "needs 1 more", "Remove tags from the property Tags");
    succeeded(delete(result.physicalId(), main()));

    assertThat(provider()).isEqualTo(before);
  }

  /** What a guest brings stays, so it must not take the room of the resources that come later. */
  @Test
  void guestLeavesRoomForTenOthers() {
    succeeded(send(TestEvents.create(OTHER_STACK, main())));
    InMemoryIam.Entry before = provider();

    InvocationResult result = failed(create(main("Tags", tagList(38))));
    assertThat(result.reason())
        .contains("room for 9 more tags", "38 new ones", "must have room for 10", "Tags");
    succeeded(delete(result.physicalId(), main()));
    assertThat(provider()).isEqualTo(before);

    created(main("Tags", tagList(37)));
    assertThat(failed(update(ARN, main("Tags", tagList(38)), main("Tags", tagList(37)))).reason())
        .contains("must have room for 10");
    succeeded(update(ARN, main("Tags", tagList(37)), main("Tags", tagList(38))));
    succeeded(delete(ARN, main()));
    for (int i = 0; i < 11; i++) {
      succeeded(send(TestEvents.create("later-" + i, main())));
    }
  }

  private static List<Map<String, String>> tagList(int count) {
    return IntStream.range(0, count).mapToObj(i -> Map.of("Key", "g" + i, "Value", "v")).toList();
  }

  @Test
  void deleteReplacesItsClaimIfTheLeaseDoesNotFit() {
    created(main());
    aws.iam().tag(ARN, manyTags(48));
    succeeded(delete(ARN, main()));
    assertThat(provider(ARN)).isEmpty();
  }

  // Ids of other providers

  @Test
  void deleteWithoutAClaimChangesNothing() {
    foreignProvider(List.of("theirs"), Map.of());
    succeeded(send(TestEvents.create(OTHER_STACK, TestEvents.properties("ClusterName", "other"))));
    Map<String, InMemoryIam.Entry> before = Map.copyOf(aws.iam().all());

    InvocationResult foreign = succeeded(delete(ARN, main()));
    InvocationResult others =
        succeeded(delete(OTHER_ARN, TestEvents.properties("ClusterName", "other")));

    assertThat(changedNothing(foreign)).isTrue();
    assertThat(changedNothing(others)).isTrue();
    assertThat(Map.copyOf(aws.iam().all())).isEqualTo(before);
  }

  @Test
  void deleteOfAnotherAccountsOrVendorsProviderChangesNothing() {
    for (String id :
        List.of(
            ARN.replace("111122223333", "999988887777"),
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com")) {
      assertThat(changedNothing(succeeded(delete(id, main())))).isTrue();
    }
  }

  static final List<String> NOT_EKS =
      List.of(
          "token.actions.githubusercontent.com",
          "oidc.eks.cn-north-1.amazonaws.com.cn/id/" + "A".repeat(32),
          "oidc-eks.eu-west-1.api.aws/id/" + "A".repeat(32));

  /** Whatever answers in the place of EKS. */
  @ParameterizedTest
  @FieldSource("NOT_EKS")
  void anIssuerThatIsNotOfEksIsNeverRegistered(String issuer) {
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + issuer));

    InvocationResult create = failed(create(main()));

    assertThat(create.reason()).contains("EKS returned the issuer");
    assertThat(create.calls()).hasSize(1);
    assertThat(aws.iam().all()).isEmpty();
    assertThat(changedNothing(succeeded(delete(create.physicalId(), main())))).isTrue();
  }

  /** Whoever invokes the function chooses the physical id. */
  @ParameterizedTest
  @FieldSource("NOT_EKS")
  void aProviderThatIsNotOfAnEksIssuerIsLeftAloneWhateverItsTagsSay(String issuer) {
    String arn = "arn:aws:iam::111122223333:oidc-provider/" + issuer;
    aws.iam()
        .create(
            "https://" + issuer,
            List.of("x"),
            List.of(),
            Map.of("eks-oidc-provider/managed", "true"));
    Map<String, InMemoryIam.Entry> before = Map.copyOf(aws.iam().all());
    String incomplete = "incomplete/r/" + arn;

    assertThat(changedNothing(succeeded(delete(arn, main())))).isTrue();
    assertThat(changedNothing(succeeded(delete(incomplete, main())))).isTrue();
    assertThat(Map.copyOf(aws.iam().all())).isEqualTo(before);

    // The provider of an Update whose cluster is gone is the one of the physical id.
    aws.iam().delete(arn);
    aws.eks().remove("eu-west-1", "main");
    InvocationResult update =
        failed(send(TestEvents.update(STACK, arn, main("Trigger", "2"), main())));
    assertThat(update.reason()).contains("There is no EKS cluster main");
    assertThat(update.physicalId()).isEqualTo(arn);
    assertThat(aws.iam().all()).isEmpty();
  }

  @Test
  void activeLeaseDelaysTheRequestAndIsNamedInTheReason() {
    created(main());
    String until =
        Instant.now().plus(Duration.ofMinutes(3)).truncatedTo(ChronoUnit.MILLIS).toString();
    aws.iam().tag(ARN, Map.of("eks-oidc-provider/deleting/" + "a".repeat(16), until));
    InvocationResult result =
        failed(client.send(TestEvents.create(OTHER_STACK, main()), Duration.ofSeconds(10)));
    assertThat(result.reason()).contains(ARN, "Another request", "Try again after " + until);
  }

  // Sequences that CloudFormation sends

  @Test
  void rollbackOfAFailedUpdateRestoresTheProvider() {
    Map<String, Object> old = main("ClientIdList", List.of("a"));
    Map<String, Object> desired = main("ClientIdList", List.of("b"), "Tags", tags("k", "v"));
    created(old);
    aws.denied().add("iam:RemoveClientIDFromOpenIDConnectProvider");
    InvocationResult half = failed(update(ARN, desired, old));
    assertThat(half.physicalId()).isEqualTo(ARN);
    aws.denied().clear();

    succeeded(update(half.physicalId(), old, desired));

    assertThat(provider().audiences()).containsExactly("a");
    assertThat(userTags()).isEmpty();
    assertThat(provider().tags().keySet()).noneMatch(key -> key.contains("/deleting/"));
  }

  @Test
  void theFiftiethStackHearsWhoUsesTheProviderAndWhatToDoInstead() {
    created(main());
    for (int i = 0; i < 48; i++) {
      String value = "stack-%02d/Oidc Create r 2026-01-02T03:04:05Z".formatted(i);
      aws.iam().tag(ARN, Map.of(CLAIM + "%032d/r".formatted(i), value));
    }
    InMemoryIam.Entry before = provider();

    String reason = failed(send(TestEvents.create(OTHER_STACK, main()))).reason();

    assertThat(reason)
        .contains("49 other resources use it: stack-00/Oidc", "and 44 more", "Import its ARN")
        .doesNotContain("Remove tags");
    assertThat(provider()).isEqualTo(before);
  }

  @Test
  void thumbprintsThatDoNotFitASharedProviderFailTheUpdateWithAReason() {
    List<String> four = IntStream.range(0, 4).mapToObj(i -> ("" + i).repeat(40)).toList();
    created(main("ThumbprintList", four));
    succeeded(send(TestEvents.create(OTHER_STACK, main())));
    var desired = main("ThumbprintList", List.of("a".repeat(40), "b".repeat(40)));

    InvocationResult result = failed(update(ARN, desired, main("ThumbprintList", four)));

    assertThat(result.reason()).contains("6 thumbprints", "IAM allows 5", "ThumbprintList");
    assertThat(provider().thumbprints()).isEqualTo(four);
  }

  @Test
  void takingOverMakesAProviderManagedOnCreateAndOnUpdate() {
    foreignProvider(List.of("theirs"), Map.of("k", "v"));
    InvocationResult adopted = created(main());
    assertThat(adopted.attribute("Ownership")).isEqualTo("Adopted");

    InvocationResult taken = succeeded(update(ARN, main("OnExisting", "TakeOver"), main()));
    assertThat(taken.attribute("Ownership")).isEqualTo("TakenOver");
    // The provider stays managed without the property.
    InvocationResult back = succeeded(update(ARN, main(), main("OnExisting", "TakeOver")));
    assertThat(back.attribute("Ownership")).isEqualTo("TakenOver");

    succeeded(send(TestEvents.create(OTHER_STACK, main("OnExisting", "TakeOver"))));
    succeeded(delete(ARN, main()));
    assertThat(owners(ARN)).containsExactly("two/Provider");
    succeeded(send(TestEvents.delete(OTHER_STACK, ARN, main())));
    assertThat(provider(ARN)).isEmpty();
  }

  private static Map<String, String> manyTags(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> "v"));
  }
}
