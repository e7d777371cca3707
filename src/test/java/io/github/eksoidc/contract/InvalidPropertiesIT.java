package io.github.eksoidc.contract;

import static io.github.eksoidc.harness.TestEvents.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes in a template, and the reason that names each. */
class InvalidPropertiesIT extends FunctionTestBase {

  private static final String ISSUER_ID = ISSUER.substring(ISSUER.indexOf("/id/") + 4);
  private static final String CLASSIC = "\"https://" + ISSUER + "\"";

  static Stream<Arguments> rejectedWithoutAnAwsCall() {
    List<String> audiences101 = IntStream.range(0, 101).mapToObj(i -> "a" + i).toList();
    List<Map<String, String>> tags51 =
        IntStream.range(0, 51).mapToObj(i -> Map.of("Key", "k" + i, "Value", "v")).toList();
    return Stream.of(
        row("unknown property", main("ClientIDList", List.of("a")), "ClientIDList", "ClientIdList"),
        row("an unknown synonym", main("OIDCIssuerURL", "x"), "\"OIDCIssuerURL\"", "mean Url?"),
        row("an unknown word", main("Region", "x"), "\"Region\"", "mean ClusterRegion?"),
        row("unknown and near nothing", main("Foo", "x"), "\"Foo\". The known properties are"),
        row("another unknown one", main("ThumbPrints", "x"), "ThumbPrints", "ThumbprintList"),
        row("both", main("Url", "https://" + ISSUER), "ClusterName", "Url"),
        row("neither", properties(), "ClusterName", "Url"),
        row("empty name", properties("ClusterName", ""), "ClusterName", "1 to 100"),
        row("bad name", properties("ClusterName", "-x"), "ClusterName", "-x"),
        row(
            "name as list",
            properties("ClusterName", List.of("x")),
            "ClusterName",
            "list",
            "string"),
        url("https://login.example.com/id/AAAA"),
        url("https://oidc.eks.eu-west-1.amazonaws.com.evil.example/id/AAAA"),
        url("https://oidc.eks.eu-west-1.amazonaws.com.cn/id/AAAA"),
        url("https://evil.example/oidc.eks.eu-west-1.amazonaws.com/id/AAAA"),
        url("https://oidc.eks.evil.amazonaws.com/id/AAAA"),
        url("https://xoidc.eks.eu-west-1.amazonaws.com/id/AAAA"),
        url("https://oidc.eks.eu-west-1.amazonaws.com:8443/id/AAAA"),
        url("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA?a=b"),
        url("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA#a"),
        url("https://me@oidc.eks.eu-west-1.amazonaws.com/id/AAAA"),
        url("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA/more"),
        url("https://oidc.eks.eu-west-1.amazonaws.com/id/"),
        url("https://oidc.eks.eu-west-1.amazonaws.com"),
        id(ISSUER_ID.toLowerCase(Locale.ROOT), "must be https://" + ISSUER, "uppercase"),
        id(ISSUER_ID.substring(1), "32 digits of 0-9A-F", "not 31"),
        id(ISSUER_ID + "0", "32 digits of 0-9A-F", "not 33"),
        id(ISSUER_ID.replace('A', 'G'), "digits of 0-9A-F only"),
        url("https://oidc.eks.zz-west-9.amazonaws.com/id/" + ISSUER_ID),
        url("https://oidc.eks.eu-moon-1.amazonaws.com/id/" + ISSUER_ID),
        url("https://oidc.eks.eu-west-10.amazonaws.com/id/" + ISSUER_ID),
        row("no Region", main("ClusterRegion", "zz-west-9"), "ClusterRegion", "zz-west-9"),
        row(
            "a host",
            main("ClusterRegion", "x@abc123.execute-api.us-east-1"),
            "ClusterRegion",
            "the name of a Region"),
        misplacedUrl("http://" + ISSUER, CLASSIC),
        misplacedUrl(ISSUER, CLASSIC),
        misplacedUrl(ISSUER + ":sub", CLASSIC),
        misplacedUrl("https://" + ISSUER + "/", CLASSIC),
        misplacedUrl("https://" + ISSUER + "/keys", CLASSIC),
        misplacedUrl("https://" + ISSUER + "/.well-known/openid-configuration", CLASSIC),
        misplacedUrl(ARN, CLASSIC + ", the issuer in this ARN"),
        misplacedUrl("arn:aws:eks:eu-west-1:111122223333:cluster/main", "as ClusterName \"main\""),
        misplacedUrl(
            "https://0A1B.gr7.eu-west-1.eks.amazonaws.com", "not the URL of its API server"),
        row(
            "cluster's ARN as name",
            properties("ClusterName", "arn:aws:eks:eu-west-1:111122223333:cluster/main"),
            "ClusterName is",
            "must be \"main\", the name in this ARN"),
        row(
            "issuer as name",
            properties("ClusterName", "https://" + ISSUER),
            "ClusterName is",
            "given as Url, " + CLASSIC),
        row(
            "provider's ARN as name",
            properties("ClusterName", ARN),
            "ClusterName is",
            "given as Url, \"https://" + ISSUER),
        row(
            "endpoint as name",
            properties("ClusterName", "https://0A1B.yl4.eu-west-1.eks.amazonaws.com"),
            "ClusterName is",
            "not the URL of its API server"),
        row(
            "Availability Zone",
            main("ClusterRegion", "eu-west-1b"),
            "ClusterRegion",
            "must be \"eu-west-1\", the Region of this Availability Zone"),
        row(
            "fingerprint as openssl prints it",
            main("ThumbprintList", List.of("sha1 Fingerprint=" + "AB:".repeat(19) + "AB")),
            "ThumbprintList",
            "\"" + "AB".repeat(20) + "\" without anything else"),
        row(
            "fingerprint of SHA-256",
            main("ThumbprintList", List.of("a".repeat(64))),
            "ThumbprintList",
            "SHA-1 fingerprint, not that of SHA-256"),
        row("bad Region", main("ClusterRegion", "Ireland"), "ClusterRegion", "Ireland"),
        row("other partition", main("ClusterRegion", "cn-north-1"), "ClusterRegion", "aws"),
        row("no audience", main("ClientIdList", List.of()), "ClientIdList", "0", "1 to 100"),
        row("101 audiences", main("ClientIdList", audiences101), "ClientIdList", "101", "100"),
        row("empty audience", main("ClientIdList", List.of("")), "ClientIdList", "1 to 255"),
        row(
            "audience that XML can't carry",
            main("ClientIdList", List.of("a\u0001")),
            "ClientIdList",
            "control"),
        row(
            "audience of half a character",
            main("ClientIdList", List.of("\ud83d")),
            "ClientIdList"),
        row("long audience", main("ClientIdList", List.of("x".repeat(256))), "ClientIdList", "256"),
        row("audience as text", main("ClientIdList", "a"), "ClientIdList", "string", "list"),
        row("audience as map", main("ClientIdList", List.of(Map.of())), "ClientIdList[0]", "map"),
        row(
            "6 thumbprints",
            main("ThumbprintList", List.of(hex(1), hex(2), hex(3), hex(4), hex(5), hex(6))),
            "ThumbprintList",
            "6",
            "5"),
        row(
            "39 digits",
            main("ThumbprintList", List.of("a".repeat(39))),
            "ThumbprintList",
            "40 hex"),
        row("no hex", main("ThumbprintList", List.of("g".repeat(40))), "ThumbprintList", "40 hex"),
        row("51 tags", main("Tags", tags51), "Tags", "51", "47"),
        row("Tags as map", main("Tags", Map.of("a", "b")), "Tags", "map", "list"),
        row("tag as text", main("Tags", List.of("a")), "Tags[0]", "string"),
        row("no value", main("Tags", List.of(Map.of("Key", "a"))), "Tags[0]", "Value"),
        row(
            "tag member",
            main("Tags", List.of(Map.of("Key", "a", "Value", "b", "Valeu", "c"))),
            "Tags[0]",
            "Valeu"),
        tag("reserved", "eks-oidc-provider/managed", "eks-oidc-provider/"),
        tag("reserved in capitals", "EKS-OIDC-Provider/claim/x", "eks-oidc-provider/"),
        tag("long s", "ek\u017f-oidc-provider/managed", "eks-oidc-provider/"),
        tag("dotless i", "eks-o\u0131dc-provider/managed", "eks-oidc-provider/"),
        tag("dotted I", "EKS-O\u0130DC-PROVIDER/managed", "eks-oidc-provider/"),
        tag("full width", "\uff45ks-oidc-provider/managed", "eks-oidc-provider/"),
        tag("Cyrillic", "\u0435k\u0455-\u043eidc-provider/managed", "eks-oidc-provider/"),
        tag("aws:", "aws:cloudformation:stack-id", "aws:"),
        tag("AWS: in Cyrillic", "\u0430w\u0455:x", "aws:"),
        tag("eksctl's", "alpha.eksctl.io/cluster-name", "alpha.eksctl.io/", "eksctl"),
        tag("eksctl's in capitals", "Alpha.EKSctl.io/x", "alpha.eksctl.io/"),
        tag("empty key", "", "1 to 128"),
        tag("long key", "k".repeat(129), "1 to 128"),
        tag("bad letter", "a*b", "letters"),
        row(
            "long value",
            main("Tags", List.of(Map.of("Key", "a", "Value", "v".repeat(257)))),
            "Tags",
            "256"),
        row(
            "key twice",
            main(
                "Tags",
                List.of(Map.of("Key", "team", "Value", "1"), Map.of("Key", "team", "Value", "2"))),
            "team",
            "twice"),
        row(
            "OnExisting",
            main("OnExisting", "Ignore"),
            "OnExisting",
            "Ignore",
            "Adopt",
            "TakeOver"),
        row("Trigger", main("Trigger", List.of("1")), "Trigger", "a list", "a string"),
        row("ServiceTimeout", main("ServiceTimeout", "soon"), "ServiceTimeout", "soon", "3600"),
        row("boolean", main("OnExisting", true), "OnExisting", "boolean", "string"));
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

  @ParameterizedTest
  @MethodSource("actions")
  void deniedCallIsNamedInTheReason(String action, Consumer<InvalidPropertiesIT> before) {
    before.accept(this);
    aws.denied().add(action);
    InvocationResult result = failed(request(action));
    assertThat(result.reason()).contains("is not allowed to call " + action, "request id");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(3));
  }

  static Stream<Arguments> actions() {
    Consumer<InvalidPropertiesIT> nothing = _ -> {};
    Consumer<InvalidPropertiesIT> created =
        test -> test.created(main("ClientIdList", List.of("a"), "Tags", List.of()));
    return Stream.of(
            Map.entry("eks:DescribeCluster", nothing),
            Map.entry("iam:CreateOpenIDConnectProvider", nothing),
            Map.entry("iam:GetOpenIDConnectProvider", created),
            Map.entry("iam:AddClientIDToOpenIDConnectProvider", created),
            Map.entry("iam:RemoveClientIDFromOpenIDConnectProvider", created),
            Map.entry("iam:UpdateOpenIDConnectProviderThumbprint", created),
            Map.entry("iam:TagOpenIDConnectProvider", created),
            Map.entry("iam:UntagOpenIDConnectProvider", created),
            Map.entry("iam:DeleteOpenIDConnectProvider", created))
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  private InvocationResult request(String action) {
    Map<String, Object> changed =
        main(
            "ClientIdList", List.of("b"),
            "ThumbprintList", List.of(hex(1)),
            "Tags", List.of(Map.of("Key", "k", "Value", "v")));
    return switch (action) {
      case "eks:DescribeCluster", "iam:CreateOpenIDConnectProvider" -> create(main());
      case "iam:DeleteOpenIDConnectProvider" -> delete(ARN, main());
      default -> update(ARN, changed, main("ClientIdList", List.of("a")));
    };
  }

  @Test
  void quotaOfProvidersIsNamedInTheReason() {
    for (int i = 0; i < 100; i++) {
      aws.iam().create("https://idp.example/" + i, List.of(), List.of(), Map.of());
    }
    InvocationResult result = failed(create(main()));
    assertThat(result.reason()).contains("100", "quota");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(2));
    assertThat(aws.iam().all()).hasSize(100);
  }

  @Test
  void reasonHasNoControlCharacter() {
    InvocationResult result = failed(create(main("OnExisting", "A\u001b[31m\u202e\nB")));
    assertThat(result.reason())
        .contains("\"A\ufffd[31m\ufffd B\"")
        .doesNotContainPattern("[\\p{Cntrl}\u202e]");
  }

  @Test
  void valueOfAnUnknownPropertyIsNeverPrinted() {
    InvocationResult result = failed(create(main("Password", "hunter2-secret")));
    assertThat(result.response().toString()).doesNotContain("hunter2-secret");
    assertThat(String.join("\n", function.output())).doesNotContain("hunter2-secret");
  }

  private static Arguments row(String name, Map<String, Object> properties, String... expected) {
    return Arguments.of(name, properties, List.of(expected));
  }

  private static Arguments url(String url) {
    return row(url, properties("Url", url), "Url", "oidc.eks.<region>");
  }

  private static Arguments id(String id, String... expected) {
    return row(
        "id " + id,
        properties("Url", "https://oidc.eks.eu-west-1.amazonaws.com/id/" + id),
        expected);
  }

  private static Arguments misplacedUrl(String url, String remedy) {
    return row(url, properties("Url", url), "Url is ", remedy);
  }

  private static Arguments tag(String name, String key, String... expected) {
    return row("tag: " + name, main("Tags", List.of(Map.of("Key", key, "Value", "v"))), expected);
  }

  private static Cluster cluster(String status, String version) {
    return new Cluster(status, version, Optional.empty());
  }

  private static String hex(int digit) {
    return String.valueOf(digit).repeat(40);
  }
}
