package io.github.eksoidc.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArnTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A",
        "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f:live",
        "arn:aws:s3:::bucket/key"
      })
  void parsingAndPrintingAreInverse(String text) {
    assertThat(Arn.parse(text).orElseThrow()).hasToString(text);
  }

  @Test
  void theResourceIsTheRest() {
    assertThat(Arn.parse("arn:aws:lambda:eu-west-1:111122223333:function:f:7"))
        .contains(new Arn("aws", "lambda", "eu-west-1", "111122223333", "function:f:7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "arn",
        "arn:aws:iam::111122223333:",
        "arn:aws:iam::1:oidc-provider/x",
        "arn:AWS:iam::111122223333:oidc-provider/x",
        "urn:aws:iam::111122223333:oidc-provider/x"
      })
  void anythingElseIsNotAnArn(String text) {
    assertThat(Arn.parse(text)).isEmpty();
  }
}
