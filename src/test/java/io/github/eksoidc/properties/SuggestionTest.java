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
  @CsvSource({
    "Region, ClusterRegion",
    "AwsRegion, ClusterRegion",
    "EKSRegion, ClusterRegion",
    "RegionName, ClusterRegion",
    "ClusterOIDCURL, Url",
    "OIDCIssuerURL, Url",
    "OidcProviderUrl, Url",
    "IssuerUrl, Url",
    "OpenIDConnectURL, Url",
    "OidcUrl, Url",
    "Issuer, Url",
    "OIDCIssuer, Url",
    "OpenIdConnectIssuerUrl, Url",
    "OpenIdConnectIssuer, Url",
    "ClusterOidcIssuerUrl, Url",
    "cluster_oidc_issuer_url, Url",
    "ClusterIdentityOidcIssuer, Url",
    "ProviderURL, Url",
    "url, Url",
    "Uri, Url",
    "Audience, ClientIdList",
    "Audiences, ClientIdList",
    "Aud, ClientIdList",
    "AllowedAudiences, ClientIdList",
    "ClientIds, ClientIdList",
    "clientIds, ClientIdList",
    "clientids, ClientIdList",
    "client_id_list, ClientIdList",
    "ClientIDList, ClientIdList",
    "ClientId, ClientIdList",
    "Clients, ClientIdList",
    "OidcClientId, ClientIdList",
    "Cluster, ClusterName",
    "Name, ClusterName",
    "EksClusterName, ClusterName",
    "EKSCluster, ClusterName",
    "cluster_name, ClusterName",
    "ClusterId, ClusterName",
    "ClusterArn, ClusterName",
    "ClusterNam, ClusterName",
    "ClsuterName, ClusterName",
    "NameOfTheCluster, ClusterName",
    "Thumbprints, ThumbprintList",
    "Thumbprint, ThumbprintList",
    "thumbprint_list, ThumbprintList",
    "ThumbPrints, ThumbprintList",
    "OidcThumbPrint, ThumbprintList",
    "CAThumbprint, ThumbprintList",
    "RootCAThumbprint, ThumbprintList",
    "CertificateFingerprint, ThumbprintList",
    "Tag, Tags",
    "tgas, Tags",
    "ResourceTags, Tags",
    "ExtraTags, Tags",
    "IfExists, OnExisting",
    "OnExist, OnExisting",
    "AdoptExisting, OnExisting",
    "TakeOver, OnExisting",
    "Timeout, ServiceTimeout",
    "TimeoutInSeconds, ServiceTimeout",
    "Version, Trigger",
    "ForceUpdate, Trigger",
    "Timestamp, Trigger",
    "Nonce, Trigger",
    "Triggers, Trigger"
  })
  void aProvidersPropertyIsSuggested(String name, String meant) {
    assertThat(Suggestion.to(name, EksOidcProviderProperties.NAMES)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "OidcProviderArn, ProviderArn",
    "OIDCProviderARN, ProviderArn",
    "OpenIdConnectProviderArn, ProviderArn",
    "OIDCProvider, ProviderArn",
    "Provider, ProviderArn",
    "Arn, ProviderArn",
    "ClusterOidcProviderArn, ProviderArn",
    "IssuerUrl, ProviderArn",
    "Url, ProviderArn",
    "OidcProviderArns, ProviderArns",
    "OidcProviders, ProviderArns",
    "Providers, ProviderArns",
    "ServiceAccount, ServiceAccounts",
    "serviceAccounts, ServiceAccounts",
    "ServiceAccountName, ServiceAccounts",
    "ServiceAccountNames, ServiceAccounts",
    "K8sServiceAccount, ServiceAccounts",
    "KubernetesServiceAccounts, ServiceAccounts",
    "ServiceAccountNamespace, ServiceAccounts",
    "Namespace, ServiceAccounts",
    "Subject, ServiceAccounts",
    "Subjects, ServiceAccounts",
    "Audiences, Audience",
    "aud, Audience",
    "ClientId, Audience",
    "ClientIdList, Audience",
    "PodIdentities, PodIdentity",
    "EnablePodIdentity, PodIdentity",
    "EksPodIdentity, PodIdentity",
    "ClusterName, ClusterNames",
    "Clusters, ClusterNames",
    "EksCluster, ClusterNames"
  })
  void aTrustPolicysPropertyIsSuggested(String name, String meant) {
    assertThat(Suggestion.to(name, IrsaTrustPolicyProperties.NAMES)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "Foo",
        "Password",
        "ClientSecret",
        "Endpoint",
        "ClusterEndpoint",
        "ResponseURL",
        "RoleArn",
        "RoleName",
        "AccountId",
        "AwsAccountId",
        "DeleteOidcWithCustomResource",
        "Account",
        "KubernetesVersion",
        "ClusterVersion",
        "SecurityGroupIds",
        "SubnetIds",
        "DeletionPolicy",
        "Description",
        "Parameters",
        "x"
      })
  void whereNothingIsNearThereIsNoSuggestion(String name) {
    assertThat(Suggestion.to(name, EksOidcProviderProperties.NAMES)).isEmpty();
    assertThat(Suggestion.to(name, IrsaTrustPolicyProperties.NAMES)).isEmpty();
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
