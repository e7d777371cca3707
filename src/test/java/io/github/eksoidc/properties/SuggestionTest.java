package io.github.eksoidc.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionTest {

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "a, '', 1",
    "'', abc, 3",
    "kitten, sitting, 3",
    "flaw, lawn, 2",
    "tgas, tags, 1",
    "ab, ba, 1"
  })
  void distanceIsTheNumberOfChangedLetters(String a, String b, int distance) {
    assertThat(Suggestion.distance(a, b)).isEqualTo(distance);
    assertThat(Suggestion.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void caseDecidesBetweenEqualDistances() {
    assertThat(Suggestion.to("url", List.of("urn", "URL"))).contains("URL");
  }

  @Test
  void aVeryLongNameIsNearNothingAndSeenQuickly() {
    assertThat(Suggestion.to("Tags" + "s".repeat(5_000_000), List.of("Tags", "Url"))).isEmpty();
    assertThat(Suggestion.to("openid".repeat(10) + "x", EksOidcProviderProperties.NAMES)).isEmpty();
  }

  /** What the native resource, CDK, eksctl, Terraform, their outputs and public templates use. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ClusterRegion: Region AwsRegion EKSRegion RegionName",
        "Url: ClusterOIDCURL OIDCIssuerURL OidcProviderUrl IssuerUrl OpenIDConnectURL OidcUrl",
        "Url: Issuer OIDCIssuer OpenIdConnectIssuerUrl OpenIdConnectIssuer ClusterOidcIssuerUrl",
        "Url: cluster_oidc_issuer_url ClusterIdentityOidcIssuer ProviderURL url Uri",
        "ClientIdList: Audience Audiences Aud AllowedAudiences ClientIds clientIds clientids",
        "ClientIdList: client_id_list ClientIDList ClientId Clients OidcClientId",
        "ClusterName: Cluster Name EksClusterName EKSCluster cluster_name ClusterId ClusterArn",
        "ClusterName: ClusterNam ClsuterName NameOfTheCluster",
        "ThumbprintList: Thumbprints Thumbprint thumbprint_list ThumbPrints OidcThumbPrint",
        "ThumbprintList: CAThumbprint RootCAThumbprint CertificateFingerprint",
        "Tags: Tag tgas ResourceTags ExtraTags",
        "OnExisting: IfExists OnExist AdoptExisting TakeOver",
        "ServiceTimeout: Timeout TimeoutInSeconds",
        "Trigger: Version ForceUpdate Timestamp Nonce Triggers"
      })
  void aProvidersPropertyIsSuggested(String meantAndNames) {
    assertSuggested(meantAndNames, EksOidcProviderProperties.NAMES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ProviderArn: OidcProviderArn OIDCProviderARN OpenIdConnectProviderArn OIDCProvider",
        "ProviderArn: Provider Arn ClusterOidcProviderArn IssuerUrl Url",
        "ProviderArns: OidcProviderArns OidcProviders Providers",
        "ServiceAccounts: ServiceAccount serviceAccounts ServiceAccountName ServiceAccountNames",
        "ServiceAccounts: K8sServiceAccount KubernetesServiceAccounts ServiceAccountNamespace",
        "ServiceAccounts: Namespace Subject Subjects",
        "Audience: Audiences aud ClientId ClientIdList",
        "PodIdentity: PodIdentities EnablePodIdentity EksPodIdentity",
        "ClusterNames: ClusterName Clusters EksCluster"
      })
  void aTrustPolicysPropertyIsSuggested(String meantAndNames) {
    assertSuggested(meantAndNames, IrsaTrustPolicyProperties.NAMES);
  }

  /** The name that is meant, and what templates have in its place. */
  private static void assertSuggested(String meantAndNames, List<String> known) {
    String[] parts = meantAndNames.split(": ", -1);
    for (String name : parts[1].split(" ", -1)) {
      assertThat(Suggestion.to(name, known)).as(name).contains(parts[0]);
    }
  }

  @Test
  void whereNothingIsNearThereIsNoSuggestion() {
    // The first is empty.
    String names =
        " - Foo Password ClientSecret Endpoint ClusterEndpoint ResponseURL RoleArn RoleName Account"
            + " AccountId AwsAccountId DeleteOidcWithCustomResource KubernetesVersion ClusterVersion"
            + " SecurityGroupIds SubnetIds DeletionPolicy Description Parameters x";
    for (String name : names.split(" ", -1)) {
      assertThat(Suggestion.to(name, EksOidcProviderProperties.NAMES)).as(name).isEmpty();
      assertThat(Suggestion.to(name, IrsaTrustPolicyProperties.NAMES)).as(name).isEmpty();
    }
  }

  /** A misspelt letter, anywhere in any name, still leads to it. */
  @Test
  void oneWrongLetterLeadsToTheName() {
    for (List<String> known :
        List.of(EksOidcProviderProperties.NAMES, IrsaTrustPolicyProperties.NAMES)) {
      for (String name : known) {
        for (int i = 0; i < name.length(); i++) {
          String without = name.substring(0, i) + name.substring(i + 1);
          String other = name.substring(0, i) + "x" + name.substring(i + 1);
          for (String misspelt : List.of(without, other)) {
            if (!known.contains(misspelt)) {
              assertThat(Suggestion.to(misspelt, known))
                  .as(misspelt)
                  .hasValueSatisfying(
                      found -> assertThat(Suggestion.distance(misspelt, found)).isEqualTo(1));
            }
          }
        }
      }
    }
  }
}
