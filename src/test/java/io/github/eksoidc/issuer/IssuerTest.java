package io.github.eksoidc.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs are issuers of EKS, and the Region and partition of each. */
class IssuerTest {

  private static final String ID = "0123456789ABCDEF0123456789ABCDEF";

  /** What EKS returns is taken as it is, if its host is EKS's in the Region of the cluster. */
  @ParameterizedTest
  @CsvSource({
    "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF, true",
    "https://oidc.eks.eu-west-1.amazonaws.com/id/Other1,                          true",
    "http://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF,  false",
    "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF, false",
    "https://oidc.eks.eu-west-1.amazonaws.com.cn/id/0123456789ABCDEF0123456789ABCDEF, false",
    "https://oidc-eks.eu-west-1.api.aws/id/0123456789ABCDEF0123456789ABCDEF,       false",
    "https://oidc.eks.eu-west-1.amazonaws.com.evil.example.com/id/0123456789ABCDEF, false",
    "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF/x,               false",
    "https://oidc.eks.eu-west-1.amazonaws.com/,                                    false",
    "https://evil.example.com/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF, false",
    "https://token.actions.githubusercontent.com,                                  false",
    "http://127.0.0.1:4566/oidc/id/0123456789ABCDEF,                               false",
  })
  void anIssuerThatEksReturnsIsOfItsRegion(String url, boolean accepted) {
    assertThat(new Issuer(url).isOfEksIn("eu-west-1")).isEqualTo(accepted);
  }

  @ParameterizedTest
  @CsvSource({
    "ap-southeast-7,  api.aws,                       amazonaws.com",
    "us-gov-west-1,   api.aws,                       amazonaws.com",
    "cn-northwest-1,  api.amazonwebservices.com.cn,  amazonaws.com.cn",
    "us-iso-east-1,   api.aws.ic.gov,                c2s.ic.gov",
    "us-isob-east-1,  api.aws.scloud,                sc2s.sgov.gov",
    "eu-isoe-west-1,  api.cloud-aws.adc-e.uk,        cloud.adc-e.uk",
    "us-isof-south-1, api.aws.hci.ic.gov,            csp.hci.ic.gov",
    "eusc-de-east-1,  api.amazonwebservices.eu,      amazonaws.eu"
  })
  void theDualStackFormIsRejectedWithTheClassicForm(String region, String dual, String classic) {
    Partition partition = Partition.ofRegion(region).orElseThrow();
    String url = "https://oidc-eks." + region + "." + dual + "/id/" + ID;
    String remedy = "https://oidc.eks." + region + "." + classic + "/id/" + ID;
    assertThatThrownBy(() -> Issuer.ofTemplate(url, partition.id()))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageContaining(remedy);
    assertThat(Issuer.ofTemplate(remedy, partition.id()).url()).isEqualTo(remedy);
    assertThat(EksIssuer.parse(remedy.substring("https://".length())).map(EksIssuer::region))
        .contains(region);
  }

  @ParameterizedTest
  @CsvSource({
    "https://oidc.eks.cn-north-1.amazonaws.com.cn, aws",
    "https://oidc.eks.us-gov-west-1.amazonaws.com, aws",
    "https://oidc.eks.eu-west-1.amazonaws.com,     aws-us-gov"
  })
  void theIssuerOfAnotherPartitionIsRejected(String host, String partition) {
    assertThatThrownBy(() -> Issuer.ofTemplate(host + "/id/" + ID, partition))
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
        "https://oidc.eks.eu-west-1.amazonaws.com/id/A#x",
        "https://oidc.eks.zz-west-9.amazonaws.com/id/A",
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
  void rejectsOtherUrls(String form) {
    String url = form.replace("/id/A", "/id/" + ID);
    assertThatThrownBy(() -> Issuer.ofTemplate(url, "aws"))
        .isInstanceOf(RequestFailedException.class)
        .hasMessageStartingWith("Url is ")
        .hasMessageContaining("32 digits of 0-9A-F");
  }

  static Stream<Arguments> theReasonSaysWhatIsWrongWithTheId() {
    String remedy = "must be https://oidc.eks.eu-west-1.amazonaws.com/id/" + ID;
    return Stream.of(
        Arguments.of(ID.toLowerCase(Locale.ROOT), remedy + ": EKS writes the id in uppercase"),
        Arguments.of(ID.replace('A', 'a'), remedy),
        Arguments.of(ID.substring(1), "32 digits of 0-9A-F, not 31"),
        Arguments.of(ID + "0", "not 33"),
        Arguments.of("A", "not 1"),
        Arguments.of(ID.replace('A', 'G'), "digits of 0-9A-F only"),
        Arguments.of("EXAMPLED539D4633E53DE1B71EXAMPLE", "digits of 0-9A-F only"),
        Arguments.of("0".repeat(65), "32 digits of 0-9A-F"),
        Arguments.of(ID.replace('A', '\u0410'), "32 digits of 0-9A-F"));
  }

  @ParameterizedTest
  @MethodSource
  void theReasonSaysWhatIsWrongWithTheId(String id, String reason) {
    for (String host : List.of("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws")) {
      assertThatThrownBy(() -> Issuer.ofTemplate("https://" + host + "/id/" + id, "aws"))
          .isInstanceOf(RequestFailedException.class)
          .hasMessageContaining(reason);
    }
  }

  /** Ids that differ from real ones in their length and in a character. */
  @Test
  void onlyIdsOf32UppercaseDigitsAreAccepted() {
    Random random = new Random(6);
    String characters = "0123456789ABCDEFabcdefGZgz_-./%\u0660\uff21\n ";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder id = new StringBuilder(ID);
      for (int change = random.nextInt(3); change > 0 && !id.isEmpty(); change--) {
        int at = random.nextInt(id.length());
        char with = characters.charAt(random.nextInt(characters.length()));
        switch (random.nextInt(3)) {
          case 0 -> id.setCharAt(at, with);
          case 1 -> id.insert(at, with);
          default -> id.deleteCharAt(at);
        }
      }
      String url = "https://oidc.eks.eu-west-1.amazonaws.com/id/" + id;
      assertThat(isAccepted(url)).as(url).isEqualTo(id.toString().matches("[0-9A-F]{32}"));
    }
  }

  private static boolean isAccepted(String url) {
    try {
      return Issuer.ofTemplate(url, "aws").url().equals(url);
    } catch (RequestFailedException e) {
      assertThat(e).hasMessageStartingWith("Url is ");
      return false;
    }
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
    "zz-west-9,      ",
    "eu-west-0,      ",
    "eu-west-10,     ",
    "eu-west-1x,     ",
    "eu-moon-1,      ",
    "eu-northnorth-1,",
    "eu-east-west-1, ",
    "eeu-west-1,     ",
    "us-gov-1,       ",
    "xx-gov-west-1,  ",
    "eusc-west-1,    ",
    "eusc-zz-west-1, ",
    "nz-central-1,   AWS",
    "eusc-fr-west-2, AWS_EUSC",
    "eu-west-1/x,    ",
    "x@evil.example, ",
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
