package io.github.eksoidc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.resource.FunctionLocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderArnTest {

  @ParameterizedTest
  @CsvSource({
    "aws,        oidc.eks.eu-west-1.amazonaws.com/id/A",
    "aws-cn,     oidc.eks.cn-north-1.amazonaws.com.cn/id/A",
    "aws-us-gov, oidc-eks.us-gov-west-1.api.aws/id/A"
  })
  void arnEndsWithHostAndPath(String partition, String name) {
    FunctionLocation location = new FunctionLocation(partition, "any", "111122223333");
    ProviderArn arn = ProviderArn.of(location, new Issuer("https://" + name));
    assertThat(arn).hasToString("arn:" + partition + ":iam::111122223333:oidc-provider/" + name);
    assertThat(ProviderArn.parse(arn.toString())).contains(arn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "stack-P-1ABC",
        "not-created/x",
        "arn:aws:iam::111122223333:role/x",
        "arn:aws:iam::1:oidc-provider/x",
        "arn:aws:iam::111122223333:oidc-provider/",
        "arn:aws:iam::111122223333:oidc-provider/a b",
        "x arn:aws:iam::111122223333:oidc-provider/a"
      })
  void rejectsOtherText(String text) {
    assertThat(ProviderArn.parse(text)).isEmpty();
  }
}
