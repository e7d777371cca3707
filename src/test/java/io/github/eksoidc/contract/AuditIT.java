package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.SampleAccount;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.Fault;
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
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit and the release of a stale claim, over HTTP. */
class AuditIT extends FunctionTestBase {

  private static final List<String> STS = List.of("sts.amazonaws.com");

  private SampleAccount account;

  @BeforeEach
  void emptyAccountWithoutClusters() {
    aws.eks().clear();
    aws.cloudFormation().clear();
    account = new SampleAccount(aws);
  }

  @Test
  void sampleHasEachFindingAndItsReportIsInTheReadme() throws IOException {
    SampleAccount.fill(aws);
    JsonNode report = report(Files.readString(Path.of("events", "audit.json")));

    assertThat(Files.readString(Path.of("README.md"))).contains(AuditTable.of(report));
    JsonNode totals = report.path("totals");
    assertThat(totals.path("providers").asInt()).isEqualTo(10);
    assertThat(totals.path("eksProviders").asInt()).isEqualTo(9);
    assertThat(totals.path("quota").asInt()).isEqualTo(100);
    assertThat(totals.path("quotaPercent").asDouble()).isEqualTo(10);
    assertThat(findings(report, "payments")).isEmpty();
    assertThat(findings(report, "search")).containsExactly("StaleClaim");
    assertThat(findings(report, "legacy")).containsExactly("ClusterGone");
    assertThat(findings(report, "batch")).containsExactly("DeadRemoval");
    assertThat(findings(report, "reports")).containsExactly("NoDefaultAudience");
    assertThat(findings(report, "unclaimed")).containsExactly("Unclaimed");
    assertThat(findings(report, "left-by-eksctl")).containsExactly("ClusterGone");
    assertThat(findings(report, "other-account")).isEmpty();
    assertThat(kinds(provider(report, "oidc-eks."))).containsExactly("DualStackIssuer");
    assertThat(cluster(report, "other-account")).isEqualTo("Unknown");
    assertThat(cluster(report, "unclaimed")).isEqualTo("Unknown");
    assertThat(cluster(report, "payments")).isEqualTo("Exists");
    assertThat(totals.path("unknown").asInt()).isEqualTo(2);
    assertThat(provider(report, SampleAccount.issuer("eu-west-1", "search")).path("claims"))
        .hasSize(2)
        .anySatisfy(
            claim -> {
              assertThat(claim.path("owner").asText()).isEqualTo("search-old/Provider");
              assertThat(claim.path("id").asText())
                  .isEqualTo(SampleAccount.claim("search-old").id());
              assertThat(claim.path("resource").path("state").asText()).isEqualTo("Gone");
            });
    // The actions for which the role needs the parameter Audit, and those of requests.
    assertThat(aws.calls().stream().map(Call::action).distinct())
        .containsExactlyInAnyOrder(
            "iam:ListOpenIDConnectProviders",
            "iam:GetOpenIDConnectProvider",
            "eks:ListClusters",
            "eks:DescribeCluster",
            "cloudformation:ListStacks",
            "cloudformation:ListStackResources");
  }

  @Test
  void healthyAccountHasNoFinding() throws IOException {
    account.cluster("eu-west-1", "a");
    account.stack("one");
    account.managed("a", "one");
    JsonNode report = report("{\"Audit\": \"Report\", \"Quota\": 20}");

    assertThat(report.path("totals").path("eksProviders").asInt()).isEqualTo(1);
    assertThat(report.path("totals").path("quotaPercent").asDouble()).isEqualTo(5);
    assertThat(findings(report, "a")).isEmpty();
    assertThat(report.path("totals").path("unknown").asInt()).isZero();
    assertThat(aws.calls()).filteredOn(c -> c.action().startsWith("iam:Get")).hasSize(1);
  }

  @Test
  void stackOfTheSameNameIsNotTheClaims() throws IOException {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.cloudFormation().put(Stack.complete(TestEvents.stack("one") + "-later", "Provider"));

    assertThat(findings(report("{\"Audit\": \"Report\"}"), "a")).containsExactly("StaleClaim");
  }

  @Test
  void resourceThatTheStackNoLongerHasIsGone() throws IOException {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.cloudFormation().put(Stack.complete(TestEvents.stack("one"), "Vpc"));

    assertThat(findings(report("{\"Audit\": \"Report\"}"), "a")).containsExactly("StaleClaim");
    assertThat(release("a", "one")).contains("its stack exists");
    assertThat(owners(arn("a"))).containsExactly("one/Provider");
  }

  @Test
  void whatIsDeniedIsUnknown() throws IOException {
    account.managed("a", "one");
    aws.denied().add("eks:ListClusters@eu-west-1");
    aws.denied().add("cloudformation:ListStacks");
    JsonNode report = report("{\"Audit\": \"Report\"}");

    assertThat(findings(report, "a")).isEmpty();
    assertThat(cluster(report, "a")).isEqualTo("Unknown");
    assertThat(report.path("totals").path("unknown").asInt()).isEqualTo(2);
    assertThat(report.toString()).contains("not allowed to call eks:ListClusters");
    assertThat(release("a", "one")).contains("can't tell", "cloudformation:ListStacks");
    assertThat(provider(arn("a"))).isPresent();
  }

  @Test
  void whatIsYoungerThanTheListsIsUnknown() throws IOException {
    succeeded(create(Map.of("Url", "https://" + ISSUER)));
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    succeeded(client.send(TestEvents.create(OTHER_STACK, main())));
    aws.eks().clear();
    JsonNode report = report("{\"Audit\": \"Report\"}");

    JsonNode provider = provider(report, ISSUER);
    assertThat(kinds(provider)).isEmpty();
    assertThat(provider.path("cluster").path("state").asText()).isEqualTo("Unknown");
    assertThat(provider.path("claims"))
        .hasSize(2)
        .allSatisfy(
            c -> assertThat(c.path("resource").path("state").asText()).isEqualTo("Unknown"));
  }

  @Test
  void providerThatIsBeingDeletedIsNoFinding() throws Exception {
    account.cluster("eu-west-1", "a");
    String arn = account.managed("a", "one");
    // The stack is gone already when the audit lists stacks, and the provider soon after.
    aws.forget();
    Thread deletion =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
                  while (System.nanoTime() < end && !isRead(arn)) {
                    sleep(Duration.ofMillis(100));
                  }
                  sleep(Duration.ofSeconds(2));
                  aws.iam().delete(arn);
                });
    JsonNode report = report("{\"Audit\": \"Report\"}");
    deletion.join();

    assertThat(report.path("totals").path("providers").asInt()).isEqualTo(1);
    assertThat(report.path("providers")).isEmpty();
  }

  private boolean isRead(String arn) {
    return aws.iam().all().containsKey(arn)
        && aws.calls().stream().anyMatch(c -> c.action().equals("cloudformation:ListStacks"));
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void removalInProgressIsNoFinding() throws IOException {
    account.cluster("eu-west-1", "a");
    account.provider(
        "a",
        STS,
        Map.of(
            "eks-oidc-provider/managed",
            "true",
            "eks-oidc-provider/deleting/0a1b2c3d0a1b2c3d",
            Instant.now().plus(Duration.ofMinutes(2)).truncatedTo(ChronoUnit.MILLIS).toString()),
        "");

    assertThat(findings(report("{\"Audit\": \"Report\"}"), "a")).isEmpty();
  }

  @Test
  void releaseDeletesTheProviderWithItsLastClaim() throws IOException {
    account.managed("a", "one");
    assertThat(release("a", "one")).contains("has been deleted");
    assertThat(aws.iam().all()).isEmpty();
  }

  @Test
  void releaseLeavesAProviderThatSomebodyElseClaims() throws IOException {
    account.stack("two");
    account.managed("a", "one", "two");
    assertThat(release("a", "one")).contains("Other claims on it: 1.");
    assertThat(owners(arn("a"))).containsExactly("two/Provider");
  }

  @Test
  void releaseLeavesAProviderThatIsNotManaged() throws IOException {
    account.provider("a", STS, account.claimTags("one", "a"), "");
    assertThat(release("a", "one")).contains("remains");
    assertThat(provider(arn("a")).orElseThrow().tags()).isEmpty();
  }

  @Test
  void releaseDeletesAProviderThatNobodyClaims() throws IOException {
    account.provider("a", STS, Map.of("eks-oidc-provider/managed", "true"), "");
    account.managed("b", "one");
    account.provider("c", STS, Map.of(), "");
    String event = "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\"}";
    assertThat(invoke(event.formatted(arn("a"))).toString()).contains("has been deleted");
    assertThat(invoke(event.formatted(arn("b"))).toString()).contains("no such claim");
    assertThat(invoke(event.formatted(arn("c"))).toString()).contains("no such claim");
    assertThat(aws.iam().all()).containsOnlyKeys(arn("b"), arn("c"));
  }

  @Test
  void releaseFailsIfTheStackExists() throws IOException {
    account.stack("one");
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
        "{\"Audit\": \"Report\", \"hunter2-secret\": \"hunter2-secret\"}",
        "{\"Audit\": \"Release\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"hunter2-secret\", \"ProviderArn\": \"x\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"00000000000000000000000000000000\"}",
        "{\"Audit\": \"Release\", \"Claim\": \"00000000000000000000000000000000\", \"ProviderArn\":"
            + " \"arn:aws:iam::444455556666:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0\"}"
      })
  void badEventIsAnErrorWithoutItsValues(String event) throws IOException {
    if (event.contains("\"hunter2-secret\": ")) {
      event = event.replace("\"hunter2-secret\": ", "\"Other\": ");
    }
    JsonNode result = invoke(event);
    assertThat(result.path("errorMessage").asText()).isNotEmpty().doesNotContain("hunter2-secret");
    assertThat(result.size()).isEqualTo(1);
    assertOnlyReads();
  }

  @Test
  void auditThatFailsSaysSo() throws Exception {
    aws.denied().add("iam:ListOpenIDConnectProviders");
    Instant begin = Instant.now();
    assertThat(invoke("{\"Audit\": \"Report\"}").path("errorMessage").asText())
        .contains("iam:ListOpenIDConnectProviders");
    assertThat(metricsSince(begin, 1))
        .anySatisfy(m -> assertThat(m.path("FailedAudits").asInt()).isEqualTo(1));
  }

  @Test
  void deadlineEndsTheAudit() throws IOException {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.faults().next("cloudformation:ListStacks", 1, new Fault.Delay(Duration.ofSeconds(12)));
    String key = FunctionClient.nextKey();
    InvocationResult result =
        client.send("{\"Audit\": \"Report\"}".getBytes(UTF_8), key, Duration.ofSeconds(8));
    assertThat(result.returned().text()).contains("errorMessage", "deadline", "auditing 1 OIDC");
  }

  @Test
  void metricsOfAnAudit() throws Exception {
    account.cluster("eu-west-1", "a");
    account.managed("a", "one");
    aws.faults()
        .next("iam:GetOpenIDConnectProvider", 2, new Fault.ErrorResponse(400, "Throttling"));
    Instant begin = Instant.now();
    report("{\"Audit\": \"Report\"}");

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
              assertEmbeddedMetricFormat(m);
            });
    assertThat(function.output())
        .anySatisfy(line -> assertThat(line).contains("\"message\":\"finding\"", "StaleClaim"));
  }

  @Test
  void metricsOfARequest() throws InterruptedException {
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
              assertEmbeddedMetricFormat(m);
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

  /** CloudWatch's specification: each dimension and metric is a member of the line. */
  private static void assertEmbeddedMetricFormat(JsonNode line) {
    assertThat(line.path("_aws").path("Timestamp").asLong())
        .isBetween(Instant.now().minusSeconds(600).toEpochMilli(), Instant.now().toEpochMilli());
    JsonNode directive = line.path("_aws").path("CloudWatchMetrics").path(0);
    assertThat(directive.path("Namespace").asText()).isEqualTo("EksOidcProvider");
    Set<String> named = new TreeSet<>();
    directive.path("Dimensions").path(0).forEach(d -> named.add(d.asText()));
    assertThat(named)
        .contains("FunctionName")
        .allSatisfy(name -> assertThat(line.path(name).isTextual()).isTrue());
    directive
        .path("Metrics")
        .forEach(
            metric -> {
              named.add(metric.path("Name").asText());
              assertThat(metric.path("Unit").asText()).isIn("Count", "Milliseconds", "Percent");
              assertThat(line.path(metric.path("Name").asText()).isNumber()).isTrue();
            });
    Set<String> members = new TreeSet<>();
    line.fieldNames().forEachRemaining(members::add);
    named.addAll(Set.of("_aws", "version", "timestamp", "level", "message"));
    assertThat(members).isEqualTo(named);
  }

  /** Returns the metrics that the function has logged since, as soon as there are this many. */
  private List<JsonNode> metricsSince(Instant begin, int count) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(10);
    while (true) {
      List<JsonNode> metrics =
          function.output().stream()
              .filter(line -> line.contains("\"_aws\""))
              .map(AuditIT::json)
              .filter(line -> !Instant.parse(line.path("timestamp").asText()).isBefore(begin))
              .toList();
      if (metrics.size() >= count || Instant.now().isAfter(end)) {
        return metrics;
      }
      Thread.sleep(50);
    }
  }

  private String release(String cluster, String stack) throws IOException {
    return invoke(
            "{\"Audit\": \"Release\", \"ProviderArn\": \"%s\", \"Claim\": \"%s\"}"
                .formatted(arn(cluster), SampleAccount.claim(stack).id()))
        .toString();
  }

  private static String arn(String cluster) {
    return "arn:aws:iam::111122223333:oidc-provider/" + SampleAccount.issuer("eu-west-1", cluster);
  }

  private JsonNode report(String event) throws IOException {
    JsonNode report = invoke(event);
    assertThat(report.has("totals")).as("%s", report).isTrue();
    return report;
  }

  private JsonNode invoke(String event) throws IOException {
    aws.forget();
    InvocationResult result =
        client.send(event.getBytes(UTF_8), FunctionClient.nextKey(), Duration.ofMinutes(2));
    assertThat(result.responses()).isZero();
    return json(result.returned().text());
  }

  private static JsonNode json(String text) {
    try {
      return FunctionClient.JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertOnlyReads() {
    assertThat(aws.calls())
        .extracting(Call::action)
        .allMatch(a -> a.matches("(eks|iam|cloudformation):(List|Get|Describe).*"));
  }

  private static JsonNode provider(JsonNode report, String arnPart) {
    return StreamSupport.stream(report.path("providers").spliterator(), false)
        .filter(p -> p.path("arn").asText().contains(arnPart))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> findings(JsonNode report, String cluster) {
    return kinds(provider(report, SampleAccount.issuer("eu-west-1", cluster)));
  }

  private static List<String> kinds(JsonNode provider) {
    return provider.path("findings").findValuesAsText("kind");
  }

  private static String cluster(JsonNode report, String cluster) {
    return provider(report, SampleAccount.issuer("eu-west-1", cluster))
        .path("cluster")
        .path("state")
        .asText();
  }
}
