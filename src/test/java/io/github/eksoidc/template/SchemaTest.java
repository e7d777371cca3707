package io.github.eksoidc.template;

import static io.github.eksoidc.harness.TestEvents.properties;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The published schemas accept what the function accepts: each validates the same properties.
 *
 * <p>Where a schema can't say it, the function is the stricter: a host that only looks like EKS's,
 * a Region of another partition or of no country, the same tag key twice, a character that tags
 * can't have.
 */
class SchemaTest {

  private static final String PROVIDER = "Custom::EksOidcProvider";
  private static final String TRUST = "Custom::IrsaTrustPolicy";
  private static final String ID = "0123456789ABCDEF0123456789ABCDEF";
  private static final String ARN =
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A";
  private static final FunctionLocation HOME =
      new FunctionLocation("aws", "eu-west-1", "111122223333");

  @Test
  void theyKnowTheNamesThatTheFunctionKnows() {
    assertThat(Schema.of(PROVIDER).properties())
        .containsExactlyInAnyOrderElementsOf(EksOidcProviderProperties.NAMES);
    assertThat(Schema.of(TRUST).properties())
        .containsExactlyInAnyOrderElementsOf(IrsaTrustPolicyProperties.NAMES);
  }

  static Stream<Map<String, Object>> providers() {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(provider());
    all.add(properties("ServiceToken", "t"));
    all.add(
        properties("ServiceToken", "t", "Url", url("oidc.eks.eu-west-1.amazonaws.com/id/" + ID)));
    all.add(provider("Url", url("oidc.eks.eu-west-1.amazonaws.com/id/" + ID)));
    for (String url :
        List.of(
            "oidc-eks.eu-west-1.api.aws/id/" + ID,
            "oidc.eks.eu-west-1.amazonaws.com/id/",
            "oidc.eks.eu-west-1.amazonaws.com/id/" + ID.toLowerCase(Locale.ROOT),
            "oidc.eks.eu-west-1.amazonaws.com/id/" + ID + "0",
            "oidc.eks.eu-west-1.amazonaws.com/id/" + ID.substring(1),
            "oidc.eks.eu-west-1.amazonaws.com/id/" + ID.replace('A', 'G'),
            "oidc.eks.eu-moon-1.amazonaws.com/id/" + ID,
            "oidc.eks.eu-west-0.amazonaws.com/id/" + ID,
            "oidc.eks.eu-west-10.amazonaws.com/id/" + ID,
            "oidc.eks.eu-west-1.amazonaws.com:443/id/" + ID,
            "oidc.eks.eu-west-1.amazonaws.com/id/" + ID + "?x",
            "me@oidc.eks.eu-west-1.amazonaws.com/id/" + ID,
            "login.example.com/id/" + ID)) {
      all.add(properties("ServiceToken", "t", "Url", url(url)));
    }
    all.add(
        properties("ServiceToken", "t", "Url", "http://oidc.eks.eu-west-1.amazonaws.com/id/" + ID));
    for (Object name : List.of("a", "A-b_c", "", "-a", "a b", "x".repeat(100), "x".repeat(101))) {
      all.add(properties("ServiceToken", "t", "ClusterName", name));
    }
    all.add(properties("ServiceToken", "t", "ClusterName", List.of("a")));
    for (String region :
        List.of("us-east-1", "us-east", "eu-moon-1", "eu-west-0", "eu-west-12", "Ireland", "")) {
      all.add(provider("ClusterRegion", region));
    }
    for (Object audiences :
        List.of(
            "a",
            List.of(),
            List.of("a"),
            List.of(""),
            List.of("x".repeat(255)),
            List.of("x".repeat(256)),
            List.of("\u00e4 \ud83d\ude00"),
            List.of("a\tb"),
            List.of("a\n"),
            List.of("\u0001"),
            List.of("\u0085"),
            List.of("\uffff"),
            List.of("a\ufffd"),
            List.of("a${b"),
            List.of("$ {"),
            List.of(Map.of()),
            numbered("a", 100),
            numbered("a", 101))) {
      all.add(provider("ClientIdList", audiences));
    }
    for (Object thumbprints :
        List.of(
            List.of(),
            List.of("aB".repeat(20)),
            List.of("a".repeat(39)),
            List.of("g".repeat(40)),
            IntStream.range(0, 5).mapToObj("%040x"::formatted).toList(),
            IntStream.range(0, 6).mapToObj("%040x"::formatted).toList())) {
      all.add(provider("ThumbprintList", thumbprints));
    }
    for (Object tags :
        List.of(
            List.of(),
            Map.of("a", "b"),
            List.of("a"),
            List.of(tag("k", "v")),
            List.of(tag("k", "")),
            List.of(tag("cost center", "a b")),
            List.of(tag("k_.:/=+-@9", "v_.:/=+-@9")),
            List.of(tag("", "v")),
            List.of(tag("k".repeat(128), "v".repeat(256))),
            List.of(tag("k".repeat(129), "v")),
            List.of(tag("k", "v".repeat(257))),
            List.of(tag("aws:x", "v")),
            List.of(tag("AWS:x", "v")),
            List.of(tag("awsome", "v")),
            List.of(tag("eks-oidc-provider/managed", "true")),
            List.of(tag("EKS-OIDC-Provider/x", "v")),
            List.of(tag("alpha.eksctl.io/cluster-name", "v")),
            List.of(tag("Alpha.Eksctl.IO/x", "v")),
            List.of(tag("eksctl.io/x", "v")),
            List.of(Map.of("Key", "k")),
            List.of(Map.of("Key", "k", "Value", "v", "Other", "x")),
            IntStream.range(0, 47).mapToObj(i -> tag("k" + i, "v")).toList(),
            IntStream.range(0, 48).mapToObj(i -> tag("k" + i, "v")).toList())) {
      all.add(provider("Tags", tags));
    }
    for (Object value : List.of("Adopt", "Fail", "TakeOver", "adopt", "Takeover", "", List.of())) {
      all.add(provider("OnExisting", value));
    }
    for (Object value : List.of("", "2026-01-02 again", List.of("a"), Map.of())) {
      all.add(provider("Trigger", value));
    }
    all.add(provider("ClusterNam", "x"));
    all.add(provider("Arn", "x"));
    return all.stream();
  }

  /** The schema is the same in all partitions; the function accepts issuers of its own only. */
  @Test
  void issuersOfOtherPartitionsAreValidThere() {
    var china =
        properties(
            "ServiceToken", "t", "Url", url("oidc.eks.cn-north-1.amazonaws.com.cn/id/" + ID));
    var location = new FunctionLocation("aws-cn", "cn-north-1", "111122223333");
    assertThat(accepts(PROVIDER, china)).isTrue();
    assertThat(isTaken(() -> EksOidcProviderProperties.read(china, location))).isTrue();
    assertThat(isTaken(() -> EksOidcProviderProperties.read(china, HOME))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void itAgreesOnAProvider(Map<String, Object> properties) {
    assertThat(accepts(PROVIDER, properties))
        .isEqualTo(isTaken(() -> EksOidcProviderProperties.read(properties, HOME)));
  }

  static Stream<Map<String, Object>> trustPolicies() {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(trust());
    all.add(properties("ServiceToken", "t", "ProviderArn", ARN));
    all.add(properties("ServiceToken", "t", "ServiceAccounts", List.of("a:b")));
    String dualStack =
        ARN.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws");
    for (Object arn :
        List.of(
            "",
            "arn:aws:s3:::b",
            ARN + "\"",
            ARN + ":sub",
            dualStack,
            ARN.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.example.com"),
            List.of(ARN))) {
      all.add(
          properties("ServiceToken", "t", "ServiceAccounts", List.of("a:b"), "ProviderArn", arn));
    }
    for (Object accounts : List.of("a:b", List.of(), List.of(Map.of()), List.of("a:b", "c:d"))) {
      all.add(properties("ServiceToken", "t", "ProviderArn", ARN, "ServiceAccounts", accounts));
    }
    for (String account :
        List.of(
            "a",
            "a:",
            ":b",
            "a*:b",
            "?a-*:b",
            "-*:b",
            "*-?:b",
            "*:b",
            "?*:b",
            "a".repeat(62) + "*:b",
            "a".repeat(63) + "*:b",
            "system:serviceaccount:a:b",
            "A:b",
            "-a:b",
            "a-:b",
            "a.b:c",
            "a:b.c",
            "a:b..c",
            "a:b.-c",
            "a:*",
            "a:?-b*",
            "a:b:c",
            "a:b_c",
            "a".repeat(63) + ":b",
            "a".repeat(64) + ":b",
            "a:" + "b".repeat(253),
            "a:" + "b".repeat(254))) {
      all.add(
          properties("ServiceToken", "t", "ProviderArn", ARN, "ServiceAccounts", List.of(account)));
    }
    for (Object audience :
        List.of(
            "a",
            "",
            "x".repeat(255),
            "x".repeat(256),
            "${aws:x}",
            "x\ty${",
            "a$b{c",
            "a\tb",
            "a\n",
            "\u0085",
            List.of(),
            List.of("a"),
            List.of("a", "b"),
            List.of("a", ""),
            List.of("a", "x".repeat(256)),
            List.of("a${b"),
            List.of(Map.of()),
            Map.of())) {
      all.add(trust("Audience", audience));
    }
    String otherArn = ARN.replace("/id/A", "/id/B");
    for (Object arns :
        List.of(
            List.of(),
            List.of(ARN),
            List.of(ARN, otherArn),
            List.of(ARN, ARN),
            List.of("arn:aws:s3:::b"),
            List.of(ARN, dualStack),
            List.of(Map.of()),
            ARN)) {
      all.add(
          properties("ServiceToken", "t", "ServiceAccounts", List.of("a:b"), "ProviderArns", arns));
      all.add(trust("ProviderArns", arns));
    }
    for (Object value : List.of("true", "false", true, false, "yes", "True", "", 1, List.of())) {
      all.add(trust("PodIdentity", value));
    }
    for (Object names :
        List.of(
            List.of(),
            List.of("a"),
            List.of("a", "B-c_9"),
            List.of("a*"),
            List.of(""),
            List.of("x".repeat(101)),
            List.of(Map.of()),
            "a")) {
      all.add(trust("ClusterNames", names, "PodIdentity", "true"));
      all.add(trust("ClusterNames", names));
    }
    all.add(trust("ServiceAccount", "a:b"));
    all.add(trust("Statement", "{}"));
    all.add(trust("PolicyDocument", "{}"));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("trustPolicies")
  void itAgreesOnATrustPolicy(Map<String, Object> properties) {
    assertThat(accepts(TRUST, properties))
        .isEqualTo(isTaken(() -> IrsaTrustPolicyProperties.read(properties)));
  }

  /** Except for ServiceTimeout, whose default is CloudFormation's. */
  @Test
  void theDefaultsAreThoseOfTheFunction() {
    Map<String, Object> provider = Schema.of(PROVIDER).defaults();
    assertThat(provider).containsOnlyKeys("ServiceTimeout", "ClientIdList", "OnExisting");
    assertThat(EksOidcProviderProperties.read(with(provider(), provider), HOME))
        .isEqualTo(EksOidcProviderProperties.read(provider(), HOME));
    Map<String, Object> trust = Schema.of(TRUST).defaults();
    assertThat(trust).containsOnlyKeys("ServiceTimeout", "Audience", "PodIdentity");
    assertThat(IrsaTrustPolicyProperties.read(with(trust(), trust)))
        .isEqualTo(IrsaTrustPolicyProperties.read(trust()));
    assertThat(EksOidcProviderProperties.read(provider("OnExisting", "Fail"), HOME))
        .isNotEqualTo(EksOidcProviderProperties.read(provider(), HOME));
    assertThat(IrsaTrustPolicyProperties.read(trust("PodIdentity", "true")))
        .isNotEqualTo(IrsaTrustPolicyProperties.read(trust()));
  }

  private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> others) {
    Map<String, Object> all = new HashMap<>(some);
    all.putAll(others);
    return all;
  }

  /** So that a schema which takes anything for a new property is noticed. */
  @Test
  void itRejectsForEachPropertyTheShapesThatTheFunctionRejects() {
    for (Object shape :
        List.of(
            Map.of("a", List.of(Map.of())), List.of(List.of(List.of())), List.of(Map.of("a", 1)))) {
      for (String name : EksOidcProviderProperties.NAMES) {
        Map<String, Object> given = provider(name, shape);
        assertThat(accepts(PROVIDER, given))
            .as("%s: %s", name, shape)
            .isIn(false, isTaken(() -> EksOidcProviderProperties.read(given, HOME)));
      }
      for (String name : IrsaTrustPolicyProperties.NAMES) {
        Map<String, Object> given = trust(name, shape);
        assertThat(accepts(TRUST, given))
            .as("%s: %s", name, shape)
            .isIn(false, isTaken(() -> IrsaTrustPolicyProperties.read(given)));
      }
    }
  }

  private static boolean accepts(String type, Map<String, Object> properties) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(Schema.of(type).forTemplates().toString())
        .validate(new ObjectMapper().valueToTree(properties).toString(), InputFormat.JSON)
        .isEmpty();
  }

  private static boolean isTaken(Runnable read) {
    try {
      read.run();
      return true;
    } catch (RequestFailedException e) {
      return false;
    }
  }

  private static Map<String, Object> provider(Object... more) {
    Map<String, Object> all = properties("ServiceToken", "t", "ClusterName", "main");
    all.putAll(properties(more));
    return all;
  }

  private static Map<String, Object> trust(Object... more) {
    Map<String, Object> all =
        properties("ServiceToken", "t", "ProviderArn", ARN, "ServiceAccounts", List.of("a:b"));
    all.putAll(properties(more));
    return all;
  }

  private static String url(String name) {
    return "https://" + name;
  }

  private static Map<String, String> tag(String key, String value) {
    return Map.of("Key", key, "Value", value);
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }
}
