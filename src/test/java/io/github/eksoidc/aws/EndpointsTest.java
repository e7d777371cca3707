package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eks.endpoints.EksEndpointProvider;
import software.amazon.awssdk.services.iam.endpoints.IamEndpointProvider;

/** A client built with the function's Region finds its partition's IAM, and that Region's EKS. */
class EndpointsTest {

  @ParameterizedTest
  @CsvSource({
    "eu-west-1,     https://iam.amazonaws.com,                https://eks.eu-west-1.amazonaws.com",
    "cn-north-1,    https://iam.cn-north-1.amazonaws.com.cn,  https://eks.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1, https://iam.us-gov.amazonaws.com,         https://eks.us-gov-west-1.amazonaws.com"
  })
  void endpointsFollowThePartition(String region, String iam, String eks) {
    var ofIam =
        IamEndpointProvider.defaultProvider().resolveEndpoint(p -> p.region(Region.of(region)));
    var ofEks =
        EksEndpointProvider.defaultProvider().resolveEndpoint(p -> p.region(Region.of(region)));
    assertThat(ofIam.join().endpointUrl().toUri().toString()).isEqualTo(iam);
    assertThat(ofEks.join().endpointUrl().toUri().toString()).isEqualTo(eks);
  }
}
