package io.github.eksoidc.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eksoidc.resource.RequestFailedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs are issuers of EKS, and the Region and partition of each. */
class IssuerTest {

  @ParameterizedTest
  @CsvSource({
    "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE,                                eu-west-1",
    "oidc.eks.ap-southeast-7.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF,  ap-southeast-7",
    "oidc.eks.us-gov-east-1.amazonaws.com/id/A,                                  us-gov-east-1",
    "oidc.eks.cn-northwest-1.amazonaws.com.cn/id/A,                              cn-northwest-1",
    "oidc.eks.us-iso-east-1.c2s.ic.gov/id/A,                                     us-iso-east-1",
    "oidc.eks.eusc-de-east-1.amazonaws.eu/id/A,                                  eusc-de-east-1"
  })
  void acceptsIssuersOfEks(String name, String region) {
    String partition = Partition.ofRegion(region).orElseThrow().id();
    assertThat(EksIssuer.parse(name).map(EksIssuer::region)).contains(region);
    assertThat(Issuer.ofTemplate("https://" + name, partition).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "eu-west-1,       api.aws,                       amazonaws.com",
    "us-gov-west-1,   api.aws,                       amazonaws.com",
    "cn-north-1,      api.amazonwebservices.com.cn,  amazonaws.com.cn",
    "us-iso-east-1,   api.aws.ic.gov,                c2s.ic.gov",
    "us-isob-east-1,  api.aws.scloud,                sc2s.sgov.gov",
    "eu-isoe-west-1,  api.cloud-aws.adc-e.uk,        cloud.adc-e.uk",
    "us-isof-south-1, api.aws.hci.ic.gov,            csp.hci.ic.gov",
    "eusc-de-east-1,  api.amazonwebservices.eu,      amazonaws.eu"
  })
  void theDualStackFormIsRejectedWithTheClassicForm(String region, String dual, String classic) {
    Partition partition = Partition.ofRegion(region).orElseThrow();
    String url = "https://oidc-eks." + region + "." + dual + "/id/A";
    String remedy = "https://oidc.eks." + region + "." + classic + "/id/A";
    assertThatThrownBy(() -> Issuer.ofTemplate(url, partition.id()))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining(remedy);
    assertThat(Issuer.ofTemplate(remedy, partition.id()).url()).isEqualTo(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/A, aws",
    "https://oidc.eks.us-gov-west-1.amazonaws.com/id/A, aws",
    "https://oidc.eks.eu-west-1.amazonaws.com/id/A,     aws-us-gov"
  })
  void theIssuerOfAnotherPartitionIsRejected(String url, String partition) {
    assertThatThrownBy(() -> Issuer.ofTemplate(url, partition))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining("an issuer of the partition " + partition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://",
        "oidc.eks.eu-west-1.amazonaws.com/id/A",
        "http://oidc.eks.eu-west-1.amazonaws.com/id/A",
        "HTTPS://oidc.eks.eu-west-1.amazonaws.com/id/A",
        "https://OIDC.eks.eu-west-1.amazonaws.com/id/A",
        "https://oidc.eks.eu-west-1.amazonaws.com",
        "https://oidc.eks.eu-west-1.amazonaws.com/",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A/",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A/B",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/%41",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/../A",
        "https://oidc.eks.eu-west-1.amazonaws.com:443/id/A",
        "https://oidc.eks.eu-west-1.amazonaws.com./id/A",
        "https://oidc.eks.eu-west-1.amazonaws.com.evil.example/id/A",
        "https://oidc.eks.eu-west-1.evil.amazonaws.com/id/A",
        "https://oidc.eks.eu-west-1.amazonaws.com@evil.example/id/A",
        "https://evil.example#oidc.eks.eu-west-1.amazonaws.com/id/A",
        "https://evil.example/oidc.eks.eu-west-1.amazonaws.com/id/A",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A?x",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A\n",
        " https://oidc.eks.eu-west-1.amazonaws.com/id/A",
        // The suffix of another partition
        "https://oidc.eks.eu-west-1.amazonaws.com.cn/id/A",
        "https://oidc.eks.cn-north-1.amazonaws.com/id/A",
        "https://oidc-eks.eu-west-1.amazonaws.com/id/A",
        "https://oidc.eks.eu-west-1.api.aws/id/A",
        "https://oidc.eks.amazonaws.com/id/A",
        "https://oidcxeks.eu-west-1.amazonaws.com/id/A"
      })
  void rejectsOtherUrls(String url) {
    assertThatThrownBy(() -> Issuer.ofTemplate(url, "aws"))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageStartingWith("Url is ");
  }

  @ParameterizedTest
  @CsvSource({
    "eu-west-1,      AWS",
    "us-gov-west-1,  AWS_US_GOV",
    "cn-north-1,     AWS_CN",
    "us-isob-east-1, AWS_ISO_B",
    "us-iso-west-1,  AWS_ISO",
    "eu-isoe-west-1, AWS_ISO_E",
    "eusc-de-east-1, AWS_EUSC",
    "eu-west,        ",
    "EU-WEST-1,      ",
    "'',             "
  })
  void partitionFollowsTheRegion(String region, Partition partition) {
    if (partition == null) {
      assertThat(Partition.ofRegion(region)).isEmpty();
    } else {
      assertThat(Partition.ofRegion(region)).contains(partition);
    }
  }
}
