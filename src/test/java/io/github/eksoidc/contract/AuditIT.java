package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.SampleAccount;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryCloudFormation.Resource;
import io.github.eksoidc.inmemory.InMemoryCloudFormation.Stack;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.localrun.AuditTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit and the release of a stale claim, over HTTP. */
@Order(2)
class AuditIT extends FunctionTestBase {

  private static final List<String> STS = List.of("sts.amazonaws.com");

  private static final Path SCHEMA_FILE = Path.of("schema", "audit-report.json");
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(read(SCHEMA_FILE));

  private SampleAccount account;

  @BeforeEach
  void emptyAccountWithoutClusters() {
    aws.eks().clear();
    aws.cloudFormation().clear();
    account = new SampleAccount(aws);
  }

  @Test
  void sampleHasEachFindingAndItsReportIsInTheReadme() {
    SampleAccount.fill(aws);
    JsonNode report = report(read(Path.of("events", "audit.json")));

    assertThat(read(Path.of("README.md"))).contains(AuditTable.of(report));
    assertThat(AuditTable.arns(report).lines())
        .hasSize(9)
        .contains("ProviderMissing: " + arn("orders"));
    JsonNode totals = report.path("Totals");
    assertThat(totals.path("Providers").asInt()).isEqualTo(11);
    assertThat(totals.path("EksProviders").asInt()).isEqualTo(10);
    assertThat(totals.path("Quota").asInt()).isEqualTo(100);
    assertThat(totals.path("QuotaPercent").asDouble()).isEqualTo(11);
    assertThat(findings(report, "payments")).isEmpty();
    assertThat(findings(report, "orders")).containsExactly("ProviderMissing");
    assertThat(findings(report, "web")).containsExactly("ClaimMissing");
    assertThat(findings(report, "search")).containsExactly("StaleClaim");
    assertThat(findings(report, "legacy")).containsExactly("ClusterGone");
    assertThat(findings(report, "batch")).containsExactly("DeadRemoval");
    assertThat(findings(report, "reports")).containsExactly("NoDefaultAudience");
    assertThat(findings(report, "unclaimed")).containsExactly("Unclaimed");
    assertThat(findings(report, "left-by-eksctl")).containsExactly("ClusterGone");
    assertThat(findings(report, "other-account")).isEmpty();
    assertThat(kinds(provider(report, "oidc-eks."))).containsExactly("DualStackIssuer");
    assertThat(totals.path("Findings"))
        .as("each kind once, but ClusterGone")
        .allSatisfy(count -> assertThat(count.asInt()).isBetween(1, 2));
    assertThat(cluster(report, "other-account")).isEqualTo("Unknown");
    assertThat(cluster(report, "unclaimed")).isEqualTo("Unknown");
    assertThat(cluster(report, "payments")).isEqualTo("Exists");
    assertThat(totals.path("Unknown").asInt()).isEqualTo(2);
    assertThat(report.path("NotRead")).isEmpty();
    assertThat(provider(report, SampleAccount.issuer("eu-west-1", "search")).path("Claims"))
        .hasSize(2)
        .anySatisfy(
            claim -> {
              assertThat(claim.path("Owner").asText()).isEqualTo("search-old/Provider");
              assertThat(claim.path("Claim").asText())
                  .isEqualTo(SampleAccount.claimant("search-old").id());
              assertThat(claim.path("Resource").path("State").asText()).isEqualTo("Gone");
            });
    JsonNode event = provider(report, arn("search")).path("Findings").path(0).path("Release");
    assertThat(json(read(Path.of("events", "audit-release.json")))).isEqualTo(event);
    JsonNode example = json(read(SCHEMA_FILE)).at("/examples/0");
    assertThat(SCHEMA.validate(example.toString(), InputFormat.JSON)).isEmpty();
    assertThat(example.at("/Providers/0/Findings/0/Release")).isEqualTo(event);
    // The actions for which the role needs the parameter Audit, and those of requests.
    assertThat(Set.copyOf(actions()))
        .containsExactlyInAnyOrder(
            "iam:ListOpenIDConnectProviders",
            "iam:GetOpenIDConnectProvider",
            "eks:ListClusters",
            "eks:DescribeCluster",
            "cloudformation:ListStacks",
            "cloudformation:ListStackResources");
  }

  @Test
  void healthyAccountHasNoFinding() {
    account.cluster("eu-west-1", "a");
    account.stack("one", "a");
    account.managed("a", "one");
    JsonNode report = report("{\"Audit\": \"Report\", \"Quota\": 20}");

    assertThat(report.path("Totals").path("EksProviders").asInt()).isEqualTo(1);
    assertThat(report.path("Totals").path("QuotaPercent").asDouble()).isEqualTo(5);
    assertThat(findings(report, "a")).isEmpty();
    assertThat(report.path("Totals").path("Unknown").asInt()).isZero();
    assertThat(provider(report, arn("a")).path("UsedBy"))
        .singleElement()
        .satisfies(
            use -> assertThat(use.path("StackId").asText()).isEqualTo(TestEvents.stack("one")));
    assertThat(aws.calls()).filteredOn(c -> c.action().startsWith("iam:Get")).hasSize(1);
  }

  /** Status of the stack, type of the resource, status of the resource. */
  @ParameterizedTest
  @CsvSource({
    "CREATE_IN_PROGRESS, Custom::EksOidcProvider, CREATE_COMPLETE",
    "UPDATE_IN_PROGRESS, Custom::EksOidcProvider, CREATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, Custom::EksOidcProvider, UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS, Custom::EksOidcProvider, UPDATE_COMPLETE",
    "DELETE_IN_PROGRESS, Custom::EksOidcProvider, CREATE_COMPLETE",
    "DELETE_FAILED, Custom::EksOidcProvider, CREATE_COMPLETE",
    "ROLLBACK_FAILED, Custom::EksOidcProvider, CREATE_COMPLETE",
    "CREATE_COMPLETE, Custom::EksOidcProvider, CREATE_FAILED",
    "UPDATE_COMPLETE, Custom::EksOidcProvider, UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE, Custom::EksOidcProvider, DELETE_COMPLETE",
    "UPDATE_COMPLETE, Custom::EksOidcProvider, DELETE_SKIPPED",
    "CREATE_COMPLETE, Custom::Other, CREATE_COMPLETE",
    "CREATE_COMPLETE, AWS::IAM::OIDCProvider, CREATE_COMPLETE"
  })
  void whatIsChangingOrAnothersIsNotMissed(String stack, String type, String status) {
    account.cluster("eu-west-1", "a");
    aws.cloudFormation().put(stackWith("one", type, arn("a"), status).with(stack));
    assertThat(report().path("Providers")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not-created/0123456789abcdef",
        "one-Provider-1ABCDEFGHIJK",
        "arn:aws:iam::444455556666:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        "arn:aws-cn:iam::111122223333:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:iam::111122223333:role/a"
      })
  void physicalIdThatIsNoProviderOfTheAccountIsNotMissed(String physicalId) {
    aws.cloudFormation()
        .put(stackWith("one", "Custom::EksOidcProvider", physicalId, "CREATE_COMPLETE"));
    JsonNode report = report();
    assertThat(report.path("Providers")).isEmpty();
    assertThat(report.path("NotRead")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE_COMPLETE, CREATE_COMPLETE",
    "UPDATE_COMPLETE, UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE, UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_FAILED, CREATE_COMPLETE",
    "IMPORT_COMPLETE, CREATE_COMPLETE"
  })
  void customResourceOfAnyFunctionIsMissedWithThatReservation(String stack, String status) {
    aws.cloudFormation()
        .put(stackWith("one", "AWS::CloudFormation::CustomResource", arn("a"), status).with(stack));
    assertThat(provider(report(), arn("a")).path("Findings"))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.path("Detail").asText())
                    .contains("if that is another function's, ignore this"));
  }

  @Test
  void providerThatOnlyReadsLackYetIsNotMissing() {
    account.cluster("eu-west-1", "a");
    account.stack("one", "a");
    duringTheAudit("iam:GetOpenIDConnectProvider", () -> account.managed("a", "one"));
    JsonNode report = report();
    assertThat(findings(report, "a")).isEmpty();
    assertThat(provider(report, arn("a")).path("Ownership").asText()).isEqualTo("Created");
  }

  @Test
  void providerOfAStackThatIsDeletedMeanwhileIsNotMissing() {
    account.cluster("eu-west-1", "a");
    account.stack("one", "a");
    duringTheAudit(
        "iam:GetOpenIDConnectProvider",
        () ->
            aws.cloudFormation()
                .put(
                    stackWith("one", "Custom::EksOidcProvider", arn("a"), "DELETE_IN_PROGRESS")
                        .with("DELETE_IN_PROGRESS")));
    assertThat(report().path("Providers")).isEmpty();
  }

  @Test
  void claimThatSomebodyRemovedIsMissing() {
    account.cluster("eu-west-1", "a");
    account.cluster("eu-west-1", "b");
    account.stack("one", "a");
    account.stack("two", "b");
    account.managed("a");
    account.provider("b", STS, Map.of("team", "web"), "");
    JsonNode report = report();

    // Never Unclaimed, which a release would be the answer to.
    assertThat(findings(report, "a")).containsExactly("ClaimMissing");
    assertThat(findings(report, "b")).containsExactly("ClaimMissing");
    assertThat(provider(report, arn("b")).path("Ownership").asText()).isEqualTo("Foreign");
    JsonNode finding = provider(report, arn("a")).path("Findings").path(0);
    assertThat(finding.path("StackId").asText()).isEqualTo(TestEvents.stack("one"));
    assertThat(finding.path("Detail").asText()).contains("one/Provider", "Trigger");
    assertThat(finding.has("Release")).isFalse();
    assertThat(invoke(releaseEvent("a")).toString())
        .contains("did not release", "one/Provider in eu-west-1", "Trigger");
    assertThat(provider(arn("a"))).isPresent();
    assertOnlyReads();

    // What the finding advises, as CloudFormation sends it.
    succeeded(
        client.send(
            TestEvents.update(
                "one",
                arn("a"),
                Map.of("ClusterName", "a", "Trigger", "2"),
                Map.of("ClusterName", "a"))));
    assertThat(findings(report(), "a")).isEmpty();
  }

  @Test
  void stacksOfEveryRegionThatClaimsOrIssuersNameAreRead() {
    account.cluster("eu-west-1", "a");
    // One Region is that of an issuer, one that of a claim only; nothing names the third.
    foreignProviderIn("us-east-1");
    Map<String, String> tags = new TreeMap<>(account.managedTags("a", "one"));
    tags.replaceAll((key, value) -> key.contains("/claim/") ? value + " eu-central-1" : value);
    account.provider("a", STS, tags, "");
    account.stack("one", "a");
    for (String region : List.of("us-east-1", "eu-central-1", "eu-north-1")) {
      String id = TestEvents.stack("in-" + region).replace(":eu-west-1:", ":" + region + ":");
      aws.cloudFormation()
          .put(Stack.complete(id).with("Provider", SampleAccount.resource("gone-" + region)));
    }
    JsonNode report = report();
    assertThat(findings(report, "gone-us-east-1")).containsExactly("ProviderMissing");
    assertThat(findings(report, "gone-eu-central-1")).containsExactly("ProviderMissing");
    assertThat(report.toString()).doesNotContain(arn("gone-eu-north-1"));
  }

  @Test
  void stackOfTheSameNameIsNotTheClaims() {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.cloudFormation()
        .put(
            Stack.complete(TestEvents.stack("one") + "-later")
                .with("Provider", SampleAccount.resource("other")));

    assertThat(findings(report(), "a")).containsExactly("StaleClaim");
  }

  @Test
  void resourceThatTheStackNoLongerHasIsGone() {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    account.stack("one");
    JsonNode report = report();

    assertThat(findings(report, "a")).containsExactly("StaleClaim");
    assertThat(provider(report, arn("a")).path("Findings").path(0).has("Release")).isFalse();
    assertThat(release("a", "one")).contains("its stack exists");
    assertThat(owners(arn("a"))).containsExactly("one/Provider");
  }

  @Test
  void whatIsDeniedIsUnknown() {
    account.managed("a", "one");
    aws.denied().add("eks:ListClusters@eu-west-1");
    aws.denied().add("cloudformation:ListStacks");
    JsonNode report = report();

    assertThat(findings(report, "a")).isEmpty();
    assertThat(cluster(report, "a")).isEqualTo("Unknown");
    assertThat(notRead(report))
        .containsExactly("the clusters in eu-west-1", "the stacks in eu-west-1");
    assertThat(report.path("Totals").path("Unknown").asInt()).isEqualTo(4);
    assertThat(report.toString()).contains("not allowed to call eks:ListClusters");
    assertThat(release("a", "one")).contains("can't tell", "cloudformation:ListStacks");
    assertThat(provider(arn("a"))).isPresent();
  }

  @Test
  void whatCanNotBeReadLeavesTheRestOfTheReport() {
    account.cluster("eu-west-1", "a");
    account.cluster("eu-west-1", "b");
    account.stack("one", "a");
    account.managed("b", "stale");
    for (int i = 0; i < 3; i++) {
      account.provider("p" + i, STS, account.managedTags("p" + i, "s" + i), "");
    }
    foreignProviderIn("us-east-1");
    aws.denied().add("cloudformation:ListStacks@us-east-1");
    aws.denied().add("eks:DescribeCluster@us-east-1");
    aws.faults()
        .next("eks:DescribeCluster", 1, new Fault.ErrorResponse(403, "AccessDeniedException"));
    aws.faults()
        .next("iam:GetOpenIDConnectProvider", 1, new Fault.ErrorResponse(403, "AccessDenied"));
    Instant begin = Instant.now();
    JsonNode report = report();

    // The stack's provider is missing, whatever else could not be read.
    assertThat(findings(report, "a")).containsExactly("ProviderMissing");
    assertThat(report.path("Totals").path("Findings").path("StaleClaim").asInt()).isPositive();
    assertThat(notRead(report))
        .hasSize(3)
        .anySatisfy(what -> assertThat(what).startsWith("cluster eu-west-1/"))
        .anySatisfy(what -> assertThat(what).startsWith("arn:aws:iam::"))
        .contains("the stacks in us-east-1");
    assertThat(report.path("Totals").path("Unknown").asInt()).isGreaterThanOrEqualTo(3);
    assertThat(metricsSince(begin, 1))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.path("Unknown").asInt())
                  .isEqualTo(report.path("Totals").path("Unknown").asInt());
              assertThat(m.path("FailedAudits").asInt()).isZero();
            });
    assertThat(function.output())
        .anySatisfy(
            line ->
                assertThat(line).contains("\"message\":\"not read\"", "the stacks in us-east-1"));
  }

  @Test
  void stackThatVanishesLeavesTheRestOfTheReport() {
    emptyStacks(20);
    Fault vanished = new Fault.ErrorResponse(400, "ValidationError");
    aws.faults().after("cloudformation:ListStackResources", 10, 1, vanished);
    JsonNode report = report();
    assertThat(notRead(report))
        .singleElement()
        .satisfies(what -> assertThat(what).startsWith("the resources of arn:aws:cloudformation"));
    assertThat(report.path("Totals").path("Unknown").asInt()).isEqualTo(1);
  }

  /** Its retries take half a minute. What is denied is not retried, and is as unknown. */
  @Test
  @Tag("thorough")
  void pageThatFailsLeavesTheRestOfTheReport() {
    // A page has 101.
    emptyStacks(150);
    Fault failure = new Fault.ErrorResponse(500, "InternalFailure");
    aws.faults().after("cloudformation:ListStacks", 1, 9, failure);
    assertThat(notRead(report())).containsExactly("the stacks in eu-west-1");
  }

  private void emptyStacks(int count) {
    for (int i = 0; i < count; i++) {
      aws.cloudFormation().put(Stack.complete(TestEvents.stack("empty-" + i)));
    }
  }

  @Test
  void regionThatIsNotEnabledHasNoStacks() {
    account.cluster("eu-west-1", "a");
    account.managed("a");
    foreignProviderIn("ap-east-1");
    Fault unknown = new Fault.ErrorResponse(403, "InvalidClientTokenId");
    aws.faults().after("cloudformation:ListStacks", 0, 1, unknown);
    JsonNode report = report();
    // The fault met one of the two Regions: the function's own has to be read, the other not.
    List<String> denied =
        aws.calls().stream()
            .filter(call -> call.outcome().equals("InvalidClientTokenId"))
            .map(Call::region)
            .toList();
    assertThat(notRead(report))
        .isEqualTo(
            denied.equals(List.of("ap-east-1")) ? List.of() : List.of("the stacks in eu-west-1"));
  }

  @Test
  void claimOfAToolThatEmulatesStacksIsUnknown() {
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    var event = TestEvents.create(STACK, main());
    event.put("StackId", "dev");
    succeeded(client.send(event));
    aws.cloudFormation().put(Stack.complete(TestEvents.stack("dev")));
    // As if a month had passed.
    Map<String, String> tags = new TreeMap<>(provider(ARN).orElseThrow().tags());
    String old = Instant.now().minus(Duration.ofDays(30)).truncatedTo(ChronoUnit.MILLIS).toString();
    tags.replaceAll((_, value) -> value.replaceFirst(" 20[0-9TZ.:-]+ ", " " + old + " "));
    aws.iam().tag(ARN, tags);
    JsonNode report = report();

    JsonNode provider = provider(report, ISSUER);
    assertThat(kinds(provider)).isEmpty();
    JsonNode claim = provider.path("Claims").path(0);
    assertThat(claim.path("Resource").path("State").asText()).isEqualTo("Unknown");
    assertThat(claim.path("Resource").path("Detail").asText()).contains("emulates");
    assertThat(
            invoke(
                    "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\", \"Claim\": \"%s\"}"
                        .formatted(ARN, claim.path("Claim").asText()))
                .toString())
        .contains("can't tell", "emulates");
    assertThat(provider(ARN)).isPresent();
    assertOnlyReads();
  }

  @Test
  void whatIsYoungerThanTheListsIsUnknown() {
    succeeded(create(Map.of("Url", "https://" + ISSUER)));
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    succeeded(client.send(TestEvents.create(OTHER_STACK, main())));
    aws.eks().clear();
    JsonNode report = report();

    JsonNode provider = provider(report, ISSUER);
    assertThat(kinds(provider)).isEmpty();
    assertThat(provider.path("Cluster").path("State").asText()).isEqualTo("Unknown");
    assertThat(provider.path("Claims"))
        .hasSize(2)
        .allSatisfy(
            c -> assertThat(c.path("Resource").path("State").asText()).isEqualTo("Unknown"));
  }

  @Test
  void providerThatIsBeingDeletedIsNoFinding() {
    account.cluster("eu-west-1", "a");
    String arn = account.managed("a", "one");
    // The stack is gone already when the audit lists stacks, and the provider soon after.
    duringTheAudit("iam:GetOpenIDConnectProvider", () -> aws.iam().delete(arn));
    JsonNode report = report();

    assertThat(report.path("Totals").path("Providers").asInt()).isEqualTo(1);
    assertThat(report.path("Providers")).isEmpty();
  }

  /** Does something right after the audit has called an action, before it reads again. */
  private void duringTheAudit(String action, Runnable change) {
    aws.forget();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (int i = 0; i < 600 && !actions().contains(action); i++) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
              }
              change.run();
            });
  }

  private List<String> actions() {
    return aws.calls().stream().map(Call::action).toList();
  }

  private void foreignProviderIn(String region) {
    String url = "https://" + SampleAccount.issuer(region, "b");
    aws.iam().put(url, Instant.now().minusSeconds(9999), STS, Map.of());
  }

  private static Stack stackWith(String name, String type, String physicalId, String status) {
    return Stack.complete(TestEvents.stack(name))
        .with("Provider", new Resource(type, physicalId, status));
  }

  @Test
  void removalInProgressIsNoFinding() {
    account.cluster("eu-west-1", "a");
    account.provider(
        "a",
        STS,
        Map.of(
            "eks-oidc-provider/managed",
            "true",
            "eks-oidc-provider/deleting/0a1b2c3d4e5f6071",
            Instant.now().plus(Duration.ofMinutes(2)).truncatedTo(ChronoUnit.MILLIS).toString()),
        "");

    assertThat(findings(report(), "a")).isEmpty();
  }

  @Test
  void findingHasTheEventOfItsRelease() {
    account.cluster("eu-west-1", "a");
    account.cluster("eu-west-1", "b");
    account.managed("a", "one");
    account.managed("b");
    JsonNode report = report();
    for (String cluster : List.of("a", "b")) {
      JsonNode event = provider(report, arn(cluster)).path("Findings").path(0).path("Release");
      assertThat(event.path("ProviderArn").asText()).isEqualTo(arn(cluster));
      JsonNode result = invoke(event.toString());
      assertThat(result.path("Result").asText()).as("%s", result).contains("has been deleted");
      assertThat(result.path("ProviderArn").asText()).isEqualTo(arn(cluster));
    }
    assertThat(aws.iam().all()).isEmpty();
  }

  /** The claim is stale and the last one, but the claim of a stack that is there was removed. */
  @Test
  void releaseFailsWhileAStackHasTheProviderWithoutAClaim() {
    account.cluster("eu-west-1", "a");
    account.managed("a", "gone");
    account.stack("one", "a");
    JsonNode report = report();
    assertThat(findings(report, "a")).containsExactly("ClaimMissing", "StaleClaim");
    assertThat(provider(report, arn("a")).path("Findings"))
        .allSatisfy(finding -> assertThat(finding.has("Release")).isFalse());
    assertThat(release("a", "gone")).contains("one/Provider in eu-west-1", "Trigger");
    assertThat(provider(arn("a"))).isPresent();
    assertOnlyReads();

    aws.iam().tag(arn("a"), account.claimTags("one", "a"));
    assertThat(release("a", "gone")).contains("Other claims on it: 1.");
    assertThat(owners(arn("a"))).containsExactly("one/Provider");
  }

  /** Type and status of a resource that has a provider which nobody claims. */
  @ParameterizedTest
  @CsvSource({
    "AWS::IAM::OIDCProvider, CREATE_COMPLETE, true",
    "Custom::Other, CREATE_COMPLETE, true",
    "Custom::EksOidcProvider, DELETE_FAILED, true",
    "Custom::EksOidcProvider, UPDATE_FAILED, true",
    "Custom::EksOidcProvider, DELETE_SKIPPED, false",
    "Custom::EksOidcProvider, DELETE_COMPLETE, false"
  })
  void releaseWithoutClaimFailsWhileAnyStackHasTheProvider(
      String type, String status, boolean refused) {
    account.cluster("eu-west-1", "a");
    account.managed("a");
    aws.cloudFormation().put(stackWith("one", type, arn("a"), status));
    assertThat(findings(report(), "a")).isEqualTo(refused ? List.of() : List.of("Unclaimed"));
    assertThat(invoke(releaseEvent("a")).toString())
        .contains(refused ? "a stack has it without a claim" : "has been deleted");
    assertThat(provider(arn("a")).isPresent()).isEqualTo(refused);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cloudformation:ListStacks",
        "cloudformation:ListStacks@us-east-1",
        "cloudformation:ListStackResources"
      })
  void releaseFailsIfItCanNotReadEveryStack(String denied) {
    account.cluster("eu-west-1", "a");
    account.managed("a");
    account.provider("b", STS, account.managedTags("b", "gone"), "");
    account.stack("unrelated");
    // A claim on another provider names the Region.
    Map<String, String> tags = new TreeMap<>(account.managedTags("c", "elsewhere"));
    tags.replaceAll((key, value) -> key.contains("/claim/") ? value + " us-east-1" : value);
    account.provider("c", STS, tags, "");
    aws.denied().add(denied);
    JsonNode report = report();
    assertThat(findings(report, "a")).containsExactly("Unclaimed");
    assertThat(provider(report, arn("a")).path("Findings").path(0).has("Release")).isFalse();
    assertThat(invoke(releaseEvent("a")).toString()).contains("can't tell", "not allowed to call");
    assertThat(release("b", "gone")).contains("can't tell", "not allowed to call");
    assertThat(aws.iam().all()).containsKeys(arn("a"), arn("b"), arn("c"));

    aws.denied().clear();
    assertThat(invoke(releaseEvent("a")).toString()).contains("has been deleted");
    assertThat(release("b", "gone")).contains("has been deleted");
  }

  @Test
  void releaseTakesProvidersOfEksIssuersOnly() {
    Map<String, String> managed = Map.of("eks-oidc-provider/managed", "true");
    String github =
        aws.iam().put("https://token.actions.githubusercontent.com", Instant.now(), STS, managed);
    String event = "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\"}";
    for (String arn :
        List.of(
            github,
            arn("a").replace("111122223333", "444455556666"),
            arn("a").replace("arn:aws:", "arn:aws-cn:"),
            arn("a").replace("amazonaws.com", "amazonaws.com.cn"),
            arn("a").replace("oidc.eks.eu-west-1", "oidc.eks.cn-north-1"))) {
      assertThat(invoke(event.formatted(arn)).path("errorMessage").asText())
          .contains(arn, "is not the provider of an EKS issuer in this account");
      assertThat(aws.calls()).isEmpty();
    }
    assertThat(provider(github)).isPresent();
  }

  @Test
  void releaseLeavesAProviderThatIsNotManaged() {
    account.provider("a", STS, account.claimTags("one", "a"), "");
    assertThat(release("a", "one")).contains("remains");
    assertThat(provider(arn("a")).orElseThrow().tags()).isEmpty();
  }

  @Test
  void releaseDeletesAProviderThatNobodyClaims() {
    account.provider("a", STS, Map.of("eks-oidc-provider/managed", "true"), "");
    account.managed("b", "one");
    account.provider("c", STS, Map.of(), "");
    assertThat(invoke(releaseEvent("a")).toString()).contains("has been deleted");
    assertThat(invoke(releaseEvent("b")).toString()).contains("no such claim");
    assertThat(invoke(releaseEvent("c")).toString()).contains("no such claim");
    assertThat(aws.iam().all()).containsOnlyKeys(arn("b"), arn("c"));
  }

  @Test
  void releaseFailsIfTheStackExists() {
    account.stack("one", "a");
    account.managed("a", "one");
    assertThat(release("a", "one")).contains("not stale", "one/Provider in eu-west-1 exists");
    assertThat(release("a", "two")).contains("has no such claim");
    assertThat(release("b", "one")).contains("does not exist");
    assertThat(owners(arn("a"))).containsExactly("one/Provider");
    assertOnlyReads();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Audit\": \"Delete\"}",
        "{\"Audit\": 7}",
        "{\"Audit\": \"Report\", \"Quota\": \"0\"}",
        "{\"Audit\": \"Report\", \"Quota\": \"many\"}",
        "{\"Audit\": \"Report\", \"Other\": \"hunter2-secret\"}",
        "{\"Audit\": \"Release\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"hunter2-secret\", \"ProviderArn\": \"x\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"00000000000000000000000000000000\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"00000000000000000000000000000000\", \"ProviderArn\":"
            + " \"arn:aws:iam::444455556666:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0\"}"
      })
  void badEventIsAnErrorWithoutItsValues(String event) {
    JsonNode result = invoke(event);
    assertThat(result.path("errorMessage").asText()).isNotEmpty().doesNotContain("hunter2-secret");
    assertThat(result.size()).isEqualTo(1);
    assertOnlyReads();
  }

  @Test
  void auditThatFailsSaysSo() {
    aws.denied().add("iam:ListOpenIDConnectProviders");
    Instant begin = Instant.now();
    assertThat(invoke("{\"Audit\": \"Report\"}").path("errorMessage").asText())
        .contains("iam:ListOpenIDConnectProviders");
    assertThat(metricsSince(begin, 1))
        .anySatisfy(m -> assertThat(m.path("FailedAudits").asInt()).isEqualTo(1));
  }

  @Test
  void deadlineEndsTheAudit() {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.faults().next("cloudformation:ListStacks", 1, new Fault.Delay(Duration.ofSeconds(12)));
    String key = FunctionClient.nextKey();
    InvocationResult result =
        client.send("{\"Audit\": \"Report\"}".getBytes(UTF_8), key, Duration.ofSeconds(8));
    assertThat(result.returned().text()).contains("errorMessage", "deadline", "auditing 1 OIDC");
  }

  @Test
  void metricsOfAnAudit() {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.faults()
        .next("iam:GetOpenIDConnectProvider", 2, new Fault.ErrorResponse(400, "Throttling"));
    Instant begin = Instant.now();
    report();

    assertThat(metricsSince(begin, 1))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.path("Providers").asInt()).isEqualTo(1);
              assertThat(m.path("QuotaUsed").asDouble()).isEqualTo(1);
              assertThat(m.path("Findings").asInt()).isEqualTo(1);
              assertThat(m.path("FindingsStaleClaim").asInt()).isEqualTo(1);
              assertThat(m.path("FailedAudits").asInt()).isZero();
              assertThat(m.path("AuditThrottledCalls").asInt()).isEqualTo(2);
            });
    assertThat(function.output())
        .anySatisfy(line -> assertThat(line).contains("\"message\":\"finding\"", "StaleClaim"));
  }

  @Test
  void metricsOfARequest() {
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    aws.faults()
        .next("eks:DescribeCluster", 1, new Fault.ErrorResponse(429, "ThrottlingException"));
    Instant begin = Instant.now();
    created(main());
    failed(create(Map.of("Other", "hunter2-secret")));

    assertThat(metricsSince(begin, 2))
        .hasSize(2)
        .allSatisfy(
            m -> {
              assertThat(m.path("RequestType").asText()).isEqualTo("Create");
              assertThat(m.path("Requests").asInt()).isEqualTo(1);
              assertThat(m.path("Duration").isNumber()).isTrue();
              assertThat(m.toString()).doesNotContain("hunter2-secret", "http");
            })
        .satisfiesExactly(
            m -> {
              assertThat(m.path("Outcome").asText()).isEqualTo("SUCCESS");
              assertThat(m.path("ThrottledCalls").asInt()).isEqualTo(1);
            },
            m -> {
              assertThat(m.path("Outcome").asText()).isEqualTo("FAILED");
              assertThat(m.path("ThrottledCalls").asInt()).isZero();
            });
  }

  /** Returns the metrics that the function has logged since, as soon as there are this many. */
  private List<JsonNode> metricsSince(Instant begin, int count) {
    return log(e -> e.has("_aws") && isSince(begin, e), metrics -> metrics.size() >= count);
  }

  private String release(String cluster, String stack) {
    return invoke(
            "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\", \"Claim\": \"%s\"}"
                .formatted(arn(cluster), SampleAccount.claimant(stack).id()))
        .toString();
  }

  private static String releaseEvent(String cluster) {
    return "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\"}".formatted(arn(cluster));
  }

  private static String arn(String cluster) {
    return SampleAccount.arn(cluster);
  }

  private static List<String> notRead(JsonNode report) {
    return report.path("NotRead").findValuesAsText("What");
  }

  private JsonNode report() {
    return report("{\"Audit\": \"Report\"}");
  }

  private JsonNode report(String event) {
    JsonNode report = invoke(event);
    assertThat(report.has("Totals")).as("%s", report).isTrue();
    assertThat(SCHEMA.validate(report.toString(), InputFormat.JSON)).as("%s", report).isEmpty();
    return report;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertOnlyReads() {
    assertThat(actions())
        .allMatch(a -> a.matches("(eks|iam|cloudformation):(List|Get|Describe).*"));
  }

  private static JsonNode provider(JsonNode report, String arnPart) {
    return StreamSupport.stream(report.path("Providers").spliterator(), false)
        .filter(p -> p.path("ProviderArn").asText().contains(arnPart))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> findings(JsonNode report, String cluster) {
    return kinds(provider(report, SampleAccount.issuer("eu-west-1", cluster)));
  }

  private static List<String> kinds(JsonNode provider) {
    return provider.path("Findings").findValuesAsText("Kind");
  }

  private static String cluster(JsonNode report, String cluster) {
    return provider(report, SampleAccount.issuer("eu-west-1", cluster))
        .path("Cluster")
        .path("State")
        .asText();
  }
}
