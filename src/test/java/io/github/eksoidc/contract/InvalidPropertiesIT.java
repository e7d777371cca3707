package io.github.eksoidc.contract;

import static io.github.eksoidc.harness.TestEvents.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes in a template, and the reason that names each. */
class InvalidPropertiesIT extends FunctionTestBase {

  private static final String CLASSIC = "\"https://" + ISSUER + "\"";

  static Stream<Arguments> rejectedWithoutAnAwsCall() {
    List<String> audiences101 = IntStream.range(0, 101).mapToObj(i -> "a" + i).toList();
    List<Map<String, String>> tags51 =
        IntStream.range(0, 51).mapToObj(i -> Map.of("Key", "k" + i, "Value", "v")).toList();
    return Stream.of(
        row(
            "unknown property",
            main("ClientIDList", List.of("a")),
            "\"ClientIDList\". Did you mean ClientIdList?"),
        row("unknown and near nothing", main("Foo", "x"), "\"Foo\". The known properties are"),
        row("both", main("Url", "https://" + ISSUER), "ClusterName", "Url"),
        row("neither", properties(), "ClusterName", "Url"),
        row("empty name", properties("ClusterName", ""), "ClusterName", "1 to 100"),
        row("bad name", properties("ClusterName", "-x"), "ClusterName", "-x"),
        url("https://login.example.com/id/AAAA", "oidc.eks.<region>"),
        url("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA", "32 digits of 0-9A-F"),
        url("http://" + ISSUER, CLASSIC),
        url(ISSUER, CLASSIC),
        url(ISSUER + ":sub", CLASSIC),
        url("https://" + ISSUER + "/", CLASSIC),
        url("https://" + ISSUER + "/.well-known/openid-configuration", CLASSIC),
        url(ARN, CLASSIC + ", the issuer in this ARN"),
        url("arn:aws:eks:eu-west-1:111122223333:cluster/main", "as ClusterName \"main\""),
        url("https://0A1B.gr7.eu-west-1.eks.amazonaws.com", "not the URL of its API server"),
        name("https://" + ISSUER, "given as Url, " + CLASSIC),
        name(ARN, "given as Url, \"https://" + ISSUER),
        region("zz-west-9", "the name of a Region"),
        region("x@abc123.execute-api.us-east-1", "the name of a Region"),
        region("eu-west-1b", "must be \"eu-west-1\", the Region of this Availability Zone"),
        region("cn-north-1", "a Region of the partition aws"),
        row("no audience", main("ClientIdList", List.of()), "ClientIdList", "0", "1 to 100"),
        row("101 audiences", main("ClientIdList", audiences101), "ClientIdList", "101", "100"),
        row("empty audience", main("ClientIdList", List.of("")), "ClientIdList", "1 to 255"),
        row("not in XML", main("ClientIdList", List.of("a\u0001")), "ClientIdList", "control"),
        row("half a character", main("ClientIdList", List.of("\ud83d")), "ClientIdList"),
        row("long audience", main("ClientIdList", List.of("x".repeat(256))), "ClientIdList", "256"),
        row("audience as text", main("ClientIdList", "a"), "ClientIdList", "string", "list"),
        thumbprints(
            IntStream.range(1, 7).mapToObj(i -> ("" + i).repeat(40)).toList(),
            "6 thumbprints, but"),
        thumbprints(List.of("a".repeat(39)), "40 hex"),
        thumbprints(List.of("g".repeat(40)), "40 hex"),
        thumbprints(List.of("a".repeat(64)), "SHA-1 fingerprint, not that of SHA-256"),
        thumbprints(
            List.of("sha1 Fingerprint=" + "AB:".repeat(19) + "AB"),
            "\"" + "AB".repeat(20) + "\" without anything else"),
        row("51 tags", main("Tags", tags51), "Tags", "51", "47"),
        tag("reserved", "eks-oidc-provider/managed", "eks-oidc-provider/"),
        tag("Cyrillic", "\u0430w\u0455:x", "aws:"),
        tag("aws:", "aws:cloudformation:stack-id", "aws:"),
        tag("eksctl's", "alpha.eksctl.io/cluster-name", "alpha.eksctl.io/", "eksctl"),
        tag("empty key", "", "1 to 128"),
        tag("long key", "k".repeat(129), "1 to 128"),
        tag("bad letter", "a*b", "letters"),
        row("long value", main("Tags", tags("a", "v".repeat(257))), "Tags", "256"),
        row("key twice", main("Tags", tags("team", "1", "team", "2")), "team", "twice"),
        row("OnExisting", main("OnExisting", "Ignore"), "Ignore", "Adopt", "TakeOver"),
        row("Trigger", main("Trigger", List.of("1")), "Trigger", "a list", "a string"),
        row("ServiceTimeout", main("ServiceTimeout", "soon"), "ServiceTimeout", "soon", "3600"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void rejectedWithoutAnAwsCall(
      String name, Map<String, Object> properties, List<String> expected) {
    for (InvocationResult result : List.of(create(properties), update(ARN, properties, main()))) {
      failed(result);
      assertThat(result.reason()).contains(expected);
      assertThat(result.calls()).isEmpty();
      assertThat(result.time()).isLessThan(Duration.ofSeconds(2));
    }
    assertThat(update(ARN, properties, main()).physicalId()).isEqualTo(ARN);
    succeeded(delete(create(properties).physicalId(), properties));
  }

  static Stream<Arguments> clusterWithoutAnIssuerIsRejected() {
    return Stream.of(
        Arguments.of("gone", null, List.of("no EKS cluster gone", "eu-west-1", "Url")),
        Arguments.of("dying", cluster("DELETING", "1.33"), List.of("dying", "being deleted")),
        Arguments.of("broken", cluster("FAILED", "1.33"), List.of("broken", "FAILED")),
        Arguments.of("old", cluster("ACTIVE", "1.12"), List.of("old", "1.12", "1.13")),
        withConfig("CREATING", "outpostConfig", "local cluster on Outposts"),
        withConfig("ACTIVE", "outpostConfig", "local cluster on Outposts"),
        withConfig("ACTIVE", "connectorConfig", "EKS Connector"),
        withConfig("PENDING", "connectorConfig", "EKS Connector"));
  }

  private static Arguments withConfig(String status, String config, String expected) {
    return Arguments.of(
        "special",
        new Cluster(status, "1.33", Optional.empty(), Optional.of(config)),
        List.of("The EKS cluster special in eu-west-1 is ", expected, config, "no OIDC issuer"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void clusterWithoutAnIssuerIsRejected(String name, Cluster cluster, List<String> expected) {
    if (cluster != null) {
      aws.eks().put("eu-west-1", name, cluster);
    }
    InvocationResult result = failed(create(properties("ClusterName", name)));
    assertThat(result.reason()).contains(expected);
    assertThat(result.actions()).containsExactly("eks:DescribeCluster");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void quotaOfProvidersIsNamedInTheReason() {
    for (int i = 0; i < 100; i++) {
      aws.iam().create("https://idp.example/" + i, List.of(), List.of(), Map.of());
    }
    InvocationResult result = failed(create(main()));
    assertThat(result.reason()).contains("100", "quota");
    assertThat(result.physicalId()).startsWith("not-created/");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(2));
    assertThat(aws.iam().all()).hasSize(100);
  }

  @Test
  void valueOfAnUnknownPropertyIsNeverPrinted() {
    InvocationResult result = failed(create(main("Password", "hunter2-secret")));
    assertThat(result.response().toString()).doesNotContain("hunter2-secret");
    assertThat(log(result)).isNotEmpty();
    assertThat(String.join("\n", function.output())).doesNotContain("hunter2-secret");
  }

  private static Arguments row(String name, Map<String, Object> properties, String... expected) {
    return Arguments.of(name, properties, List.of(expected));
  }

  private static Arguments url(String url, String expected) {
    return row(url, properties("Url", url), "Url is ", expected);
  }

  private static Arguments name(String name, String expected) {
    return row("name " + name, properties("ClusterName", name), "ClusterName is ", expected);
  }

  private static Arguments region(String region, String expected) {
    return row(region, main("ClusterRegion", region), "ClusterRegion is ", region, expected);
  }

  private static Arguments thumbprints(List<String> list, String expected) {
    return row(expected, main("ThumbprintList", list), "ThumbprintList", expected);
  }

  private static Arguments tag(String name, String key, String... expected) {
    return row("tag: " + name, main("Tags", tags(key, "v")), expected);
  }

  private static Cluster cluster(String status, String version) {
    return new Cluster(status, version, Optional.empty());
  }
}
