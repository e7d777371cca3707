package io.github.eksoidc.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustPolicyTest {

  private static final String ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/A";
  private static final String ARN = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER;
  private static final String OTHER_ARN = ARN + "B";
  private static final List<String> A_X = List.of("a:x");

  @Test
  void oneLiteralNameIsText() {
    assertThat(document(ARN, "default:my-app"))
        .isEqualTo(
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
            "Principal":{"Federated":"ARN"},"Action":"sts:AssumeRoleWithWebIdentity",\
            "Condition":{"StringEquals":{"ISSUER:aud":"sts.amazonaws.com",\
            "ISSUER:sub":"system:serviceaccount:default:my-app"}}}]}"""
                .replace("ARN", ARN)
                .replace("ISSUER", ISSUER));
  }

  @Test
  void severalLiteralNamesAreASortedListWithoutDuplicates() {
    assertThat(document(ARN, "b:y", "a:x", "b:y"))
        .contains(
            "\"StringEquals\":{\"ISSUER:aud\":\"sts.amazonaws.com\",\"ISSUER:sub\":[\"system:serviceaccount:a:x\",\"system:serviceaccount:b:y\"]}"
                .replace("ISSUER", ISSUER))
        .doesNotContain("StringLike");
  }

  @Test
  void withOneWildcardAllSubjectsAreUnderStringLike() {
    assertThat(document(ARN, "b:y*", "a:x"))
        .contains(
            "\"Condition\":{\"StringEquals\":{\"ISSUER:aud\":\"sts.amazonaws.com\"},\"StringLike\":{\"ISSUER:sub\":[\"system:serviceaccount:a:x\",\"system:serviceaccount:b:y*\"]}}"
                .replace("ISSUER", ISSUER));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "default                     | namespace:name",
        "''                          | namespace:name",
        ":app                        | The namespace of ServiceAccounts[0] is \"\"",
        "*:app                       | with at least one character besides the wildcards",
        "*:*                         | with at least one character besides the wildcards",
        "?:app                       | with at least one character besides the wildcards",
        "??*:app                     | with at least one character besides the wildcards",
        "-*:app                      | at both ends",
        "a*-:app                     | at both ends",
        "a.*:app                     | The namespace of ServiceAccounts[0]",
        "A:app                       | lowercase",
        "-a:app                      | at both ends",
        "a-:app                      | at both ends",
        "a.b:app                     | The namespace of ServiceAccounts[0]",
        "a:                          | The name of ServiceAccounts[0] is \"\"",
        "a:App                       | The name of ServiceAccounts[0] is \"App\"",
        "a:-app                      | at both ends",
        "a:app-                      | at both ends",
        "a:b..c                      | beside each dot",
        "a:b.-c                      | beside each dot",
        "a:b_c                       | The name of ServiceAccounts[0]",
        "a:b:c                       | The name of ServiceAccounts[0] is \"b:c\"",
        "a:b/c                       | The name of ServiceAccounts[0]",
        "'a: b'                      | The name of ServiceAccounts[0]",
        "a:${aws:username}           | The name of ServiceAccounts[0]",
        "system:serviceaccount:a:b   | must be \"a:b\" without system:serviceaccount:",
        "system:serviceaccounts:a    | must be \"a:*\" for all service accounts",
        "system:serviceaccounts:     | namespace:name",
        "default/app                 | must be \"default:app\", with a colon",
        "a/b/c                       | namespace:name",
        "a:b,c:d                     | one service account: give each one as its own item of the list",
      })
  void aNameThatKubernetesDoesNotAllowIsRejected(String serviceAccount, String reason) {
    assertThatThrownBy(() -> document(ARN, serviceAccount))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void namesAreAsLongAsInKubernetes() {
    String label = "a".repeat(63);
    assertThat(document(ARN, label + ":" + "b".repeat(253))).contains(label);
    assertThatThrownBy(() -> document(ARN, label + "a:b")).hasMessageContaining("1 to 63");
    assertThatThrownBy(() -> document(ARN, "a:" + "b".repeat(254)))
        .hasMessageContaining("1 to 253");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:0",
        "0:a.b.c",
        "a-b:c-d.e",
        "a:*",
        "a:?-*",
        "a:*.b",
        "kube-system:aws-node",
        "preview-*:api",
        "*-preview:api",
        "a*:*",
        "?-b:c"
      })
  void aNameThatKubernetesAllowsIsAccepted(String serviceAccount) {
    assertThat(document(ARN, serviceAccount)).contains("system:serviceaccount:" + serviceAccount);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                     | , arn:<partition>:iam::<account>",
        "arn:aws:iam::1111:oidc-provider/x                      | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:oidc-provider/               | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:oidc-provider/a\"b           | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:oidc-provider/*              | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:oidc-provider/a:sub          | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:saml-provider/x              | , arn:<partition>:iam::<account>",
        "not-created/0123                                       | , arn:<partition>:iam::<account>",
        "arn:aws:iam::111122223333:role/x                       | , not that of a role",
        "arn:aws:iam::111122223333:role/path/x                  | , not that of a role",
        "arn:aws:eks:eu-west-1:111122223333:cluster/a-B         | with the ClusterName \"a-B\"",
        "https://0A.gr7.eu-west-1.eks.amazonaws.com             | not the URL of an API server",
        "oidc.eks.eu-west-1.amazonaws.com/id/A                  | :iam::<account>:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A\"",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A          | \"arn:aws:iam::<account>:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A\"",
        "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/A/     | \"arn:aws-cn:iam::<account>:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/A\"",
        "https://oidc-eks.eu-west-1.api.aws/id/A                | oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A\"",
        "oidc.eks.eu-west-1.amazonaws.com/id/A:sub              | oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A\"",
        "ARN/https://oidc.eks.eu-west-1.amazonaws.com/id/A      | \"ARN/oidc.eks.eu-west-1.amazonaws.com/id/A\", without https:// and with nothing after",
        "ARN/oidc.eks.eu-west-1.amazonaws.com/id/A/             | \"ARN/oidc.eks.eu-west-1.amazonaws.com/id/A\", without https:// and with nothing after",
        "ARN/oidc.eks.eu-west-1.amazonaws.com/id/A:aud          | \"ARN/oidc.eks.eu-west-1.amazonaws.com/id/A\", without https:// and with nothing after",
        "ARN/oidc-eks.eu-west-1.api.aws/id/A                    | \"ARN/oidc.eks.eu-west-1.amazonaws.com/id/A\", because EKS puts this form of the issuer into every token"
      })
  void anArnOfSomethingElseIsRejectedWithTheRemedy(String given, String remedy) {
    String prefix = "arn:aws:iam::111122223333:oidc-provider";
    assertThatThrownBy(() -> document(given.replace("ARN", prefix), "a:b"))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContainingAll(
            "ProviderArn is ", "the ARN of an IAM OIDC provider", remedy.replace("ARN", prefix));
  }

  @Test
  void providersOfOtherIssuersThanEksAreAccepted() {
    String arn = "arn:aws:iam::111122223333:oidc-provider/kops.example.com:8443/oidc/a_b~c";
    assertThat(document(arn, "a:b")).contains("\"kops.example.com:8443/oidc/a_b~c:sub\"");
  }

  @Test
  void eachProviderHasAStatementInTheOrderOfTheTemplate() {
    String document =
        documentOf("ProviderArns", List.of(OTHER_ARN, ARN, OTHER_ARN), "ServiceAccounts", A_X);
    assertThat(document)
        .isEqualTo(
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
            "Principal":{"Federated":"OTHER"},"Action":"sts:AssumeRoleWithWebIdentity",\
            "Condition":{"StringEquals":{"ISSUERB:aud":"sts.amazonaws.com",\
            "ISSUERB:sub":"system:serviceaccount:a:x"}}},{"Effect":"Allow",\
            "Principal":{"Federated":"ARN"},"Action":"sts:AssumeRoleWithWebIdentity",\
            "Condition":{"StringEquals":{"ISSUER:aud":"sts.amazonaws.com",\
            "ISSUER:sub":"system:serviceaccount:a:x"}}}]}"""
                .replace("\"ARN", "\"" + ARN)
                .replace("\"OTHER", "\"" + OTHER_ARN)
                .replace("ISSUER", ISSUER));
  }

  @Test
  void podIdentityAddsAStatementForTheSameServiceAccounts() {
    String document = documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", "true");
    assertThat(document).startsWith(document(ARN, "a:x").replaceAll("]}$", ","));
    assertThat(document)
        .endsWith(
            """
            ,{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},\
            "Action":["sts:AssumeRole","sts:TagSession"],\
            "Condition":{"StringEquals":{"aws:SourceAccount":"111122223333",\
            "aws:RequestTag/kubernetes-namespace":"a",\
            "aws:RequestTag/kubernetes-service-account":"x"}}}]}""");
  }

  @Test
  void podIdentityTakesTextAndBooleans() {
    for (Object yes : List.of("true", true)) {
      assertThat(documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", yes))
          .contains("pods.eks.amazonaws.com");
    }
    for (Object no : List.of("false", false)) {
      assertThat(documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", no))
          .isEqualTo(document(ARN, "a:x"));
    }
  }

  @Test
  void severalAudiencesAreASortedListWithoutDuplicates() {
    assertThat(withAudience(List.of("vault", "sts.amazonaws.com", "vault")))
        .contains(":aud\":[\"sts.amazonaws.com\",\"vault\"],");
    assertThat(withAudience(List.of("vault", "vault"))).isEqualTo(withAudience("vault"));
  }

  private static String withAudience(Object audience) {
    return documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "Audience", audience);
  }

  @Test
  void clusterNamesRestrictPodIdentityOnly() {
    List<String> names = List.of("green", "blue", "green");
    String document =
        documentOf(
            "ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", true, "ClusterNames", names);
    assertThat(document).startsWith(document(ARN, "a:x").replaceAll("]}$", ","));
    assertThat(document)
        .endsWith(
            """
            "Condition":{"StringEquals":{"aws:SourceAccount":"111122223333",\
            "aws:RequestTag/eks-cluster-name":["blue","green"],\
            "aws:RequestTag/kubernetes-namespace":"a",\
            "aws:RequestTag/kubernetes-service-account":"x"}}}]}""");
    assertThat(documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "ClusterNames", names))
        .isEqualTo(document(ARN, "a:x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a*                                           | ClusterNames[1] is \"a*\", but must be 1 to 100",
        "''                                           | ClusterNames[1] is \"\", but must be 1 to 100",
        "arn:aws:eks:eu-west-1:111122223333:cluster/b | must be \"b\", the name in this ARN",
        "https://0A.gr7.eu-west-1.eks.amazonaws.com   | not the URL of its API server"
      })
  void aNameThatNoClusterCanHaveIsRejected(String name, String reason) {
    assertThatThrownBy(
            () ->
                policy(
                    "ProviderArn", ARN, "ServiceAccounts", A_X, "ClusterNames", List.of("a", name)))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void podIdentityNamesEachAccountOnce() {
    String inOtherAccount = OTHER_ARN.replace("111122223333", "444455556666");
    assertThat(
            documentOf(
                "ProviderArns",
                List.of(ARN, OTHER_ARN, inOtherAccount),
                "ServiceAccounts",
                A_X,
                "PodIdentity",
                true))
        .contains("\"aws:SourceAccount\":[\"111122223333\",\"444455556666\"]");
  }

  @Test
  void namespacesWithTheSameNamesShareAPodIdentityStatement() {
    assertThat(podIdentityConditions("b:x", "a:x", "a:y*", "b:y*", "c:x"))
        .containsExactly(
            "{\"StringEquals\":{\"aws:SourceAccount\":\"111122223333\",\"aws:RequestTag/kubernetes-namespace\":[\"a\",\"b\"]},\"StringLike\":{\"aws:RequestTag/kubernetes-service-account\":[\"x\",\"y*\"]}}",
            "{\"StringEquals\":{\"aws:SourceAccount\":\"111122223333\",\"aws:RequestTag/kubernetes-namespace\":\"c\",\"aws:RequestTag/kubernetes-service-account\":\"x\"}}");
  }

  @Test
  void namesInTheSameNamespacesShareAPodIdentityStatementIfThatIsShorter() {
    List<ServiceAccount> accounts =
        Stream.of("a:x", "a:y", "b:x", "b:y", "b:z", "c:z", "d:x", "d:y", "d:z")
            .map(text -> ServiceAccount.parse("test", text))
            .toList();
    // By namespace there would be three: a, b with d, c.
    assertThat(NamespaceGroup.of(accounts))
        .containsExactly(
            new NamespaceGroup(List.of("a", "b", "d"), List.of("x", "y")),
            new NamespaceGroup(List.of("b", "c", "d"), List.of("z")));
  }

  @Test
  void aPatternForNamespacesIsUnderStringLike() {
    assertThat(podIdentityConditions("preview-*:api", "preview-*:web"))
        .containsExactly(
            "{\"StringEquals\":{\"aws:SourceAccount\":\"111122223333\",\"aws:RequestTag/kubernetes-service-account\":[\"api\",\"web\"]},\"StringLike\":{\"aws:RequestTag/kubernetes-namespace\":\"preview-*\"}}");
    assertThat(podIdentityConditions("preview-*:api-?"))
        .containsExactly(
            "{\"StringEquals\":{\"aws:SourceAccount\":\"111122223333\"},\"StringLike\":{\"aws:RequestTag/kubernetes-namespace\":\"preview-*\",\"aws:RequestTag/kubernetes-service-account\":\"api-?\"}}");
  }

  @Test
  void aServiceAccountThatAPatternMatchesIsLeftOut() {
    assertThat(document(ARN, "a:x*", "a:x", "a:xy-*", "a:x?", "b:x"))
        .isEqualTo(document(ARN, "a:x*", "b:x"));
    assertThat(document(ARN, "a:x?*", "a:x*?", "a:x??"))
        .contains(":sub\":\"system:serviceaccount:a:x?*\"");
    assertThat(document(ARN, "a:x?", "a:x")).contains("a:x\"", "a:x?\"");
    assertThat(document(ARN, "a*:x", "ab:x", "a?-*:x", "ab:y"))
        .isEqualTo(document(ARN, "a*:x", "ab:y"));
    // Each of the two matches something that the other does not.
    assertThat(document(ARN, "a*:x", "ab:*")).contains("a*:x\"", "ab:*\"");
  }

  @ParameterizedTest
  @CsvSource({"a*b*c, abxbc", "*a*, ba", "a?c*, abcd", "a*, a", "a**b, a*b", "?, b", "*, a.b-c*?"})
  void includes(String pattern, String other) {
    assertThat(included(pattern, other)).isTrue();
  }

  private static boolean included(String pattern, String other) {
    return new ServiceAccount("n", pattern).includes(new ServiceAccount("n", other));
  }

  @Test
  @Timeout(20)
  void aLongListOfPatternsIsReducedInSeconds() {
    List<ServiceAccount> many =
        Stream.concat(
                IntStream.range(10_000, 20_000).mapToObj(i -> "*a-*" + i), Stream.of("zzzzzz", "*"))
            .map(name -> new ServiceAccount("n", name))
            .toList();
    assertThat(ServiceAccount.minimal(many)).containsExactly(new ServiceAccount("n", "*"));
    assertThat(ServiceAccount.minimal(many.subList(0, 10_000))).hasSize(10_000);
  }

  @Test
  void statementsAreTheDocumentWithoutItsFrame() {
    TrustPolicy policy = policy("ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", "true");
    assertThat(policy.document(Json::line))
        .isEqualTo(
            "{\"Version\":\"2012-10-17\",\"Statement\":[" + policy.statements(Json::line) + "]}");
  }

  static Stream<Arguments> invalidProperties() {
    List<String> partitions = List.of(ARN, ARN.replace("arn:aws:", "arn:aws-cn:"));
    return Stream.of(
        invalid("ProviderArns", List.of(ARN), "ProviderArn and ProviderArns are both given."),
        invalid("ProviderArn", List.of(ARN), "ProviderArn is a list, but must be a string."),
        invalidProviders(null, "Neither ProviderArn nor ProviderArns is given."),
        invalidProviders(List.of(), "ProviderArns is empty"),
        invalidProviders(ARN, "ProviderArns is the string \"arn:aws:iam"),
        invalidProviders(
            List.of(ARN, "arn:aws:s3:::b"), "ProviderArns[1] is \"arn:aws:s3:::b\", but"),
        invalidProviders(List.of(Map.of()), "ProviderArns[0] is a map"),
        invalidProviders(partitions, "ProviderArns has ARNs of the partitions aws and aws-cn"),
        invalid("ServiceAccounts", null, "ServiceAccounts is missing"),
        invalid("ServiceAccounts", List.of(), "ServiceAccounts is empty"),
        invalid("ServiceAccounts", "a:b", "ServiceAccounts is the string"),
        invalid("ServiceAccounts", List.of("a:b", Map.of()), "ServiceAccounts[1] is a map"),
        invalid("PodIdentity", "yes", "PodIdentity is \"yes\", but must be true or false."),
        invalid("PodIdentity", "True", "PodIdentity is \"True\", but must be true or false."),
        invalid("PodIdentity", List.of(), "PodIdentity is a list"),
        // An empty list would read as none, and mean all.
        invalid("Audience", List.of(), "Audience is empty, but must have one or more"),
        invalid("Audience", List.of("a", ""), "Audience is \"\", but must be 1 to 255"),
        invalid("Audience", "x".repeat(256), "Audience is \"xxx"),
        invalid("Audience", "${aws:username}", "Audience is \"${aws:username}\""),
        invalid("Audience", Map.of(), "Audience is a map"),
        invalid("ClusterNames", List.of(), "ClusterNames is empty, but must have one or more"),
        invalid("ClusterNames", "a", "ClusterNames is the string"));
  }

  private static Arguments invalid(String name, Object value, String reason) {
    Map<String, Object> properties =
        TestEvents.properties("ProviderArn", ARN, "ServiceAccounts", A_X, name, value);
    properties.values().removeIf(Objects::isNull);
    return Arguments.of(properties, reason);
  }

  private static Arguments invalidProviders(Object arns, String reason) {
    Map<String, Object> properties =
        TestEvents.properties("ProviderArns", arns, "ServiceAccounts", A_X);
    properties.values().removeIf(Objects::isNull);
    return Arguments.of(properties, reason);
  }

  @ParameterizedTest
  @MethodSource
  void invalidProperties(Map<String, Object> properties, String reason) {
    assertThatThrownBy(() -> IrsaTrustPolicyProperties.read(properties))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageStartingWith(reason);
  }

  private static List<String> podIdentityConditions(String... serviceAccounts) {
    try {
      List<String> conditions = new ArrayList<>();
      for (JsonNode statement :
          new ObjectMapper()
              .readTree(
                  documentOf(
                      "ProviderArn",
                      ARN,
                      "ServiceAccounts",
                      List.of(serviceAccounts),
                      "PodIdentity",
                      true))
              .path("Statement")) {
        if (statement.path("Principal").has("Service")) {
          conditions.add(statement.path("Condition").toString());
        }
      }
      return conditions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String document(String arn, String... serviceAccounts) {
    return documentOf("ProviderArn", arn, "ServiceAccounts", List.of(serviceAccounts));
  }

  private static String documentOf(Object... namesAndValues) {
    return policy(namesAndValues).document(Json::line);
  }

  private static TrustPolicy policy(Object... namesAndValues) {
    return IrsaTrustPolicyProperties.read(TestEvents.properties(namesAndValues));
  }
}
