package io.github.eksoidc.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionLocationTest {

  @ParameterizedTest
  @CsvSource({
    "arn:aws:lambda:eu-west-1:111122223333:function:f,             aws,        eu-west-1",
    "arn:aws:lambda:eu-west-1:111122223333:function:f:live,        aws,        eu-west-1",
    "arn:aws-cn:lambda:cn-north-1:111122223333:function:f,         aws-cn,     cn-north-1",
    "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f:7, aws-us-gov, us-gov-west-1"
  })
  void partitionRegionAndAccountComeFromTheFunction(String arn, String partition, String region) {
    assertThat(FunctionLocation.ofFunction(arn))
        .isEqualTo(new FunctionLocation(partition, region, "111122223333"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "f", "arn:aws:sns:eu-west-1:111122223333:t"})
  void anythingElseIsRefused(String arn) {
    assertThatThrownBy(() -> FunctionLocation.ofFunction(arn))
        .isInstanceOf(RequestFailedException.class);
  }

  @Test
  void theStackNameIsTheSecondPartOfItsId() {
    String id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/0a1b";
    assertThat(new LogicalResource(id, "P").stackName()).isEqualTo("payments");
    assertThat(new LogicalResource("no-arn", "P").stackName()).isEqualTo("no-arn");
  }
}
