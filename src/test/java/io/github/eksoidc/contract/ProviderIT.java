package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Create, Update and Delete of Custom::EksOidcProvider. */
class ProviderIT extends FunctionTestBase {

  private static final String HEX = "990f4193972f2becf12ddeda5237f9c952f20d9e";

  @Test
  void createNeedsTwoCalls() {
    InvocationResult result = created(main());

    assertThat(result.actions())
        .containsExactly("eks:DescribeCluster", "iam:CreateOpenIDConnectProvider");
    assertThat(provider().url()).isEqualTo(ISSUER);
    assertThat(provider().audiences()).containsExactly("sts.amazonaws.com");
    assertThat(provider().thumbprints()).containsExactly(InMemoryIam.OBTAINED_THUMBPRINT);
  }

  @Test
  void createReturnsTheDocumentedAttributes() {
    InvocationResult result = created(main());

    assertThat(result.physicalId()).isEqualTo(ARN);
    assertThat(result.attribute("Arn")).isEqualTo(ARN);
    assertThat(result.attribute("Url")).isEqualTo("https://" + ISSUER);
    assertThat(result.attribute("Issuer")).isEqualTo(ISSUER);
    assertThat(result.attribute("Ownership")).isEqualTo("Created");
    assertThat(result.response().path("Data")).hasSize(4);
    assertThat(result.response().has("Reason")).isFalse();
  }

  @Test
  void createSetsAudiencesThumbprintsAndTags() {
    created(
        main(
            "ClientIdList", List.of("a", "b"),
            "ThumbprintList", List.of(HEX.toUpperCase(java.util.Locale.ROOT)),
            "Tags", tags("team", "x")));

    assertThat(provider().audiences()).containsExactly("a", "b");
    assertThat(provider().thumbprints()).containsExactly(HEX);
    assertThat(userTags()).containsExactly(Map.entry("team", "x"));
  }

  @Test
  void createStoresTagsOfAllCharactersThatIamAllows() {
    String key = "cost center_.:/=+-@ \u00e4\u6771 9";
    created(main("Tags", tags(key, "a b " + key)));
    assertThat(userTags()).containsExactly(Map.entry(key, "a b " + key));
  }

  @Test
  void createWithUrlDoesNotDescribeTheCluster() {
    InvocationResult result = created(TestEvents.properties("Url", "https://" + ISSUER));

    assertThat(result.actions()).containsExactly("iam:CreateOpenIDConnectProvider");
    assertThat(result.physicalId()).isEqualTo(ARN);
  }

  @Test
  void createDescribesTheClusterInClusterRegion() {
    String issuer = "https://oidc.eks.us-east-2.amazonaws.com/id/AAAA";
    aws.eks().put("us-east-2", "far", Cluster.active(issuer));

    InvocationResult result =
        created(TestEvents.properties("ClusterName", "far", "ClusterRegion", "us-east-2"));

    assertThat(result.attribute("Url")).isEqualTo(issuer);
    assertThat(result.calls())
        .filteredOn(call -> call.action().startsWith("eks:"))
        .extracting(Call::region)
        .containsExactly("us-east-2");
  }

  @Test
  void createWaitsForTheIssuerOfANewCluster() {
    aws.eks().put("eu-west-1", "young", new Cluster("CREATING", "1.33", Optional.empty()));
    CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS)
        .execute(() -> aws.eks().put("eu-west-1", "young", Cluster.active("https://" + ISSUER)));

    InvocationResult result = created(TestEvents.properties("ClusterName", "young"));

    assertThat(result.actions())
        .containsExactly(
            "eks:DescribeCluster", "eks:DescribeCluster", "iam:CreateOpenIDConnectProvider");
  }

  @Test
  void createFailsIfTheClusterHasNoIssuerAtTheDeadline() {
    aws.eks().put("eu-west-1", "young", new Cluster("CREATING", "1.33", Optional.empty()));

    InvocationResult result =
        failed(
            client.send(
                TestEvents.create(STACK, TestEvents.properties("ClusterName", "young")),
                Duration.ofSeconds(8)));

    assertThat(result.reason()).contains("young", "eu-west-1", "CREATING", "timeout");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void theSameCreateDeliveredAgainSucceedsAndChangesNothing() {
    var event = TestEvents.create(STACK, main());
    succeeded(client.send(event.deepCopy()));
    InvocationResult result = succeeded(client.send(event));

    assertThat(result.actions())
        .containsExactly(
            "eks:DescribeCluster",
            "iam:CreateOpenIDConnectProvider",
            "iam:GetOpenIDConnectProvider");
    assertThat(result.attribute("Ownership")).isEqualTo("Created");
  }

  @Test
  void updateWithoutADifferenceIsTwoReads() {
    created(main("Tags", tags("team", "x")));
    Map<String, Object> same = main("Tags", tags("team", "x"));

    InvocationResult result = succeeded(update(ARN, same, same));

    assertThat(result.actions())
        .containsExactly("eks:DescribeCluster", "iam:GetOpenIDConnectProvider");
    assertThat(result.physicalId()).isEqualTo(ARN);
  }

  @Test
  void updateReachesTheDesiredState() {
    Map<String, Object> before =
        main(
            "ClientIdList", List.of("a", "b"),
            "Tags", tags("team", "x", "old", ""));
    Map<String, Object> after =
        main(
            "ClientIdList", List.of("b", "c"),
            "ThumbprintList", List.of(HEX),
            "Tags", tags("team", "y", "new", "1"));
    created(before);
    aws.iam().tag(ARN, Map.of("cost-center", "by-hand"));

    succeeded(update(ARN, after, before));

    assertThat(provider().audiences()).containsExactly("b", "c");
    assertThat(provider().thumbprints()).containsExactly(HEX);
    assertThat(userTags()).isEqualTo(Map.of("team", "y", "new", "1", "cost-center", "by-hand"));
    assertThat(provider().tags().keySet()).noneMatch(key -> key.contains("/deleting/"));
  }

  @Test
  void tagKeysThatDifferInCaseAreDifferentTags() {
    Map<String, Object> before = main("Tags", tags("CostCenter", "1", "Env", "a"));
    Map<String, Object> after = main("Tags", tags("costcenter", "1", "Env", "a", "env", "b"));
    created(before);

    succeeded(update(ARN, after, before));

    assertThat(userTags()).isEqualTo(Map.of("costcenter", "1", "Env", "a", "env", "b"));
  }

  @Test
  void updateCreatesARemovedProviderAgain() {
    created(main());
    aws.iam().delete(ARN);

    InvocationResult result = succeeded(update(ARN, main(), main()));

    assertThat(result.physicalId()).isEqualTo(ARN);
    assertThat(provider().audiences()).containsExactly("sts.amazonaws.com");
  }

  @Test
  void failedReplacementReleasesItsClaimAndRespondsWithTheOldId() {
    created(main());
    aws.iam().create("https://" + OTHER_ISSUER, List.of("theirs"), List.of(), Map.of("k", "v"));
    aws.denied().add("iam:AddClientIDToOpenIDConnectProvider");

    InvocationResult result =
        failed(update(ARN, TestEvents.properties("ClusterName", "other"), main()));

    assertThat(result.physicalId()).isEqualTo(ARN);
    assertThat(result.reason()).contains("iam:AddClientIDToOpenIDConnectProvider");
    assertThat(provider(OTHER_ARN).orElseThrow().tags()).isEqualTo(Map.of("k", "v"));
  }

  @Test
  void deleteOfTheLastClaimNeedsFourCallsAndNoCluster() {
    created(main());
    aws.eks().remove("eu-west-1", "main");

    InvocationResult result = succeeded(delete(ARN, main()));

    assertThat(result.actions())
        .containsExactly(
            "iam:GetOpenIDConnectProvider",
            "iam:TagOpenIDConnectProvider",
            "iam:GetOpenIDConnectProvider",
            "iam:DeleteOpenIDConnectProvider");
    assertThat(provider(ARN)).isEmpty();
    assertThat(result.physicalId()).isEqualTo(ARN);
  }

  @Test
  void deleteOfAMissingProviderSucceeds() {
    InvocationResult result = succeeded(delete(ARN, main()));
    assertThat(changedNothing(result)).isTrue();
    // The function reads until a lagging read is impossible.
    assertThat(result.calls()).hasSizeLessThan(15);
  }

  @Test
  void genericResourceTypeIsAccepted() {
    var event = TestEvents.create(STACK, main());
    event.put("ResourceType", "AWS::CloudFormation::CustomResource");
    assertThat(succeeded(client.send(event)).physicalId()).isEqualTo(ARN);
  }
}
