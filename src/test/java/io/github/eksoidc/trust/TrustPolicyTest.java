package io.github.eksoidc.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.trust.PolicyEvaluator.ServiceCall;
import io.github.eksoidc.trust.PolicyEvaluator.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  void aNameThatBeginsWithAWildcardIsUnderStringLike() {
    for (String name : List.of("*", "*-app", "?", "?-app")) {
      assertThat(document(ARN, "a:" + name))
          .contains(
              "\"StringLike\":{\"ISSUER:sub\":\"system:serviceaccount:a:NAME\"}"
                  .replace("ISSUER", ISSUER)
                  .replace("NAME", name));
    }
  }

  @Test
  void withOneWildcardAllSubjectsAreUnderStringLike() {
    assertThat(document(ARN, "b:y*", "a:x"))
        .contains(
            "\"Condition\":{\"StringEquals\":{\"ISSUER:aud\":\"sts.amazonaws.com\"},\"StringLike\":{\"ISSUER:sub\":[\"system:serviceaccount:a:x\",\"system:serviceaccount:b:y*\"]}}"
                .replace("ISSUER", ISSUER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws", "aws-cn", "aws-us-gov"})
  void thePartitionIsTheProviders(String partition) {
    String arn = ARN.replace("arn:aws:", "arn:" + partition + ":");
    assertThat(document(arn, "a:x")).contains("\"Federated\":\"" + arn + "\"");
  }

  @Test
  void aNamespaceThatOnlyBeginsLikeAListedOneDoesNotGetIn() {
    PolicyEvaluator evaluator = new PolicyEvaluator(document(ARN, "a:*"));
    assertThat(evaluator.allows(token("system:serviceaccount:a:b"))).isTrue();
    assertThat(evaluator.allows(token("system:serviceaccount:ab:b"))).isFalse();
    assertThat(evaluator.allows(token("system:serviceaccount:a"))).isFalse();
    assertThat(evaluator.allows(token("system:serviceaccount:"))).isFalse();
    assertThat(
            new PolicyEvaluator(document(ARN, "a:b")).allows(token("system:serviceaccount:a:b2")))
        .isFalse();
  }

  private static Token token(String subject) {
    return new Token(ARN, ISSUER, "sts.amazonaws.com", subject);
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
  void oneOfSeveralAudiencesIsRequired() {
    List<String> audiences = List.of("vault", "sts.amazonaws.com", "vault");
    String document = documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "Audience", audiences);
    assertThat(document).contains(":aud\":[\"sts.amazonaws.com\",\"vault\"],");
    PolicyEvaluator evaluator = new PolicyEvaluator(document);
    String subject = "system:serviceaccount:a:x";
    for (String audience : audiences) {
      assertThat(evaluator.allows(new Token(ARN, ISSUER, audience, subject))).isTrue();
    }
    assertThat(evaluator.allows(new Token(ARN, ISSUER, "other", subject))).isFalse();
    assertThat(evaluator.allows(new Token(ARN, ISSUER, null, subject))).isFalse();
    // A list of one is the same as the audience itself.
    assertThat(
            documentOf(
                "ProviderArn", ARN, "ServiceAccounts", A_X, "Audience", List.of("vault", "vault")))
        .isEqualTo(documentOf("ProviderArn", ARN, "ServiceAccounts", A_X, "Audience", "vault"));
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

  /** An empty list would read as none, and mean all. */
  @ParameterizedTest
  @ValueSource(strings = {"Audience", "ClusterNames"})
  void aListThatRestrictsCannotBeEmpty(String property) {
    assertThatThrownBy(
            () -> policy("ProviderArn", ARN, "ServiceAccounts", A_X, property, List.of()))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageStartingWith(property + " is empty, but must have one or more");
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
  void podIdentityNeverCombinesPatternsForNamespacesWithNamesOfOthers() {
    List<String> listed = List.of("preview-*:api", "prod:web", "*-test:db-?", "stage:web");
    String document =
        documentOf("ProviderArn", ARN, "ServiceAccounts", listed, "PodIdentity", true);
    PolicyEvaluator evaluator = new PolicyEvaluator(document);
    for (String in : List.of("preview-7:api", "preview-:api", "prod:web", "a-test:db-1")) {
      assertThat(evaluator.allows(podIdentity(in))).as(in).isTrue();
      assertThat(evaluator.allows(token("system:serviceaccount:" + in))).as(in).isTrue();
    }
    for (String out :
        List.of("preview-7:web", "prod:api", "a-test:api", "prod:db-1", "preview:api", "a:web")) {
      assertThat(evaluator.allows(podIdentity(out))).as(out).isFalse();
      assertThat(evaluator.allows(token("system:serviceaccount:" + out))).as(out).isFalse();
    }
    // In both, although it is in two patterns: one for the namespace, one for the other's name.
    assertThat(evaluator.allows(podIdentity("preview-test:db-1"))).isTrue();
    assertThat(evaluator.allows(podIdentity("preview-test:web"))).isFalse();
  }

  @Test
  void podIdentityNeverCombinesNamespacesWithNamesOfOthers() {
    PolicyEvaluator evaluator =
        new PolicyEvaluator(
            documentOf(
                "ProviderArn",
                ARN,
                "ServiceAccounts",
                List.of("a:x", "b:y", "c:z-*"),
                "PodIdentity",
                true));
    for (String listed : List.of("a:x", "b:y", "c:z-1")) {
      assertThat(evaluator.allows(podIdentity(listed))).as(listed).isTrue();
    }
    for (String other : List.of("a:y", "b:x", "a:z-1", "c:x", "c:z", "d:x")) {
      assertThat(evaluator.allows(podIdentity(other))).as(other).isFalse();
    }
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

  @ParameterizedTest
  @CsvSource({"a*b*c, acb", "?, *", "a?, a", "a?, a*", "a, a*", "ab*, a*", "a*b, a*"})
  void doesNotInclude(String pattern, String other) {
    assertThat(included(pattern, other)).isFalse();
  }

  private static boolean included(String pattern, String other) {
    return new ServiceAccount("n", pattern).includes(new ServiceAccount("n", other));
  }

  @Test
  void aPatternIncludesNothingOfAnotherNamespace() {
    assertThat(new ServiceAccount("n", "*").includes(new ServiceAccount("m", "a"))).isFalse();
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

  static Stream<Arguments> invalidProviders() {
    String inChina = ARN.replace("arn:aws:", "arn:aws-cn:");
    return Stream.of(
        Arguments.of(
            new Object[] {"ProviderArn", ARN, "ProviderArns", List.of(ARN)},
            "ProviderArn and ProviderArns are both given."),
        Arguments.of(new Object[] {}, "Neither ProviderArn nor ProviderArns is given."),
        Arguments.of(new Object[] {"ProviderArns", List.of()}, "ProviderArns is empty"),
        Arguments.of(
            new Object[] {"ProviderArns", ARN}, "ProviderArns is the string \"arn:aws:iam"),
        Arguments.of(
            new Object[] {"ProviderArns", List.of(ARN, "arn:aws:s3:::b")},
            "ProviderArns[1] is \"arn:aws:s3:::b\", but must be the ARN of an IAM OIDC provider"),
        Arguments.of(new Object[] {"ProviderArns", List.of(Map.of())}, "ProviderArns[0] is a map"),
        Arguments.of(
            new Object[] {"ProviderArns", List.of(ARN, inChina)},
            "ProviderArns has ARNs of the partitions aws and aws-cn"));
  }

  @ParameterizedTest
  @MethodSource
  void invalidProviders(Object[] namesAndValues, String reason) {
    Map<String, Object> properties = TestEvents.properties(namesAndValues);
    properties.put("ServiceAccounts", A_X);
    assertThatThrownBy(() -> IrsaTrustPolicyProperties.read(properties))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageStartingWith(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "True", "1", ""})
  void podIdentityIsTrueOrFalse(String text) {
    assertThatThrownBy(
            () -> policy("ProviderArn", ARN, "ServiceAccounts", A_X, "PodIdentity", text))
        .isInstanceOf(RequestFailedException.class)
        .hasMessage("PodIdentity is \"" + text + "\", but must be true or false.");
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

  private static ServiceCall podIdentity(String serviceAccount) {
    String[] parts = serviceAccount.split(":", -1);
    return new ServiceCall(
        "pods.eks.amazonaws.com",
        "111122223333",
        Map.of("kubernetes-namespace", parts[0], "kubernetes-service-account", parts[1]));
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
