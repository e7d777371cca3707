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
    "arn:aws:lambda:eu-west-1:111122223333:function:f,             aws",
    "arn:aws:lambda:us-east-1:111122223333:function:f:live,        aws",
    "arn:aws-cn:lambda:cn-north-1:111122223333:function:f,         aws-cn",
    "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f:7, aws-us-gov"
  })
  void partitionAndAccountAreThoseOfTheArnAndTheRegionIsTheEnvironments(
      String arn, String partition) {
    assertThat(FunctionLocation.of(arn, "eu-west-1"))
        .isEqualTo(new FunctionLocation(partition, "eu-west-1", "111122223333"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f",
        "arn:aws:sns:eu-west-1:111122223333:t",
        "arn:aws:lambda:eu-west-1:111122223333:layer:l",
        "arn:aws:lambda:eu-west-1::function:f"
      })
  void rejectsOtherArns(String arn) {
    assertThatThrownBy(() -> FunctionLocation.of(arn, "eu-west-1"))
        .isInstanceOf(RequestFailedException.class);
  }

  @Test
  void stackNameIsTheSecondPartOfTheStackId() {
    String id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/0a1b";
    assertThat(new LogicalResource(id, "P").stackName()).isEqualTo("payments");
    assertThat(new LogicalResource("no-arn", "P").stackName()).isEqualTo("no-arn");
  }
}
