package io.github.eksoidc.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.trust.PolicyEvaluator.Token;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustPolicyTest {

  private static final String ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/A";
  private static final String ARN = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER;

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
  void severalLiteralNamesAreASortedListWithoutRepetition() {
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
  @ValueSource(strings = {"aws", "aws-cn", "aws-us-gov"})
  void thePartitionIsTheProviders(String partition) {
    String arn = ARN.replace("arn:aws:", "arn:" + partition + ":");
    assertThat(document(arn, "a:x")).contains("\"Federated\":\"" + arn + "\"");
  }

  @Test
  void aNamespaceThatMerelyBeginsAlikeStaysOut() {
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
        "a*:app                      | wildcards are for names only",
        "*:*                         | wildcards are for names only",
        "A:app                       | lower-case",
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
        "system:serviceaccount:a:b   | The name of ServiceAccounts[0] is \"serviceaccount:a:b\""
      })
  void whatKubernetesCanNotHaveIsRefused(String serviceAccount, String told) {
    assertThatThrownBy(() -> document(ARN, serviceAccount))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining(told);
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
      strings = {"a:0", "0:a.b.c", "a-b:c-d.e", "a:*", "a:?-*", "a:*.b", "kube-system:aws-node"})
  void whatKubernetesCanHaveIsTaken(String serviceAccount) {
    assertThat(document(ARN, serviceAccount)).contains("system:serviceaccount:" + serviceAccount);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "oidc.eks.eu-west-1.amazonaws.com/id/A",
        "arn:aws:iam::111122223333:role/x",
        "arn:aws:iam::1111:oidc-provider/x",
        "arn:aws:iam::111122223333:oidc-provider/",
        "arn:aws:iam::111122223333:oidc-provider/a\"b",
        "arn:aws:iam::111122223333:oidc-provider/*",
        "arn:aws:iam::111122223333:oidc-provider/a:sub",
        "not-created/0123"
      })
  void whatIsNoProvidersArnIsRefused(String arn) {
    assertThatThrownBy(() -> document(arn, "a:b"))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContainingAll("ProviderArn is ", "the ARN of an IAM OIDC provider");
  }

  @Test
  void providersOfOthersThanEksAreTakenToo() {
    String arn = "arn:aws:iam::111122223333:oidc-provider/kops.example.com:8443/oidc/a_b~c";
    assertThat(document(arn, "a:b")).contains("\"kops.example.com:8443/oidc/a_b~c:sub\"");
  }

  private static String document(String arn, String... serviceAccounts) {
    return Json.line(
        IrsaTrustPolicyProperties.read(
                TestEvents.properties(
                    "ProviderArn", arn, "ServiceAccounts", List.of(serviceAccounts)))
            .document());
  }
}
