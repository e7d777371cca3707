package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** The reasons for AWS calls that failed. */
class AwsErrorsTest {

  private static final String ACTION = "iam:GetOpenIDConnectProvider";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AccessDenied          | 403 | The function's role is not allowed to call iam:GetOpenIDConnectProvider on R",
        "AccessDeniedException | 403 | The function's role is not allowed to call iam:GetOpenIDConnectProvider on R",
        "ExpiredToken          | 403 | AWS did not accept the function's credentials for iam:Get",
        "SignatureDoesNotMatch | 403 | AWS did not accept the function's credentials for iam:Get",
        "Throttling            | 400 | iam:GetOpenIDConnectProvider on R failed repeatedly with Throttling",
        "ServiceFailure        | 500 | iam:GetOpenIDConnectProvider on R failed repeatedly with ServiceFailure",
        "ConcurrentModification| 409 | iam:GetOpenIDConnectProvider on R failed repeatedly with Concurrent",
        "InvalidInput          | 400 | iam:GetOpenIDConnectProvider on R failed with InvalidInput"
      })
  void reasonNamesTheFailureAndTheRemedy(String code, int status, String expected) {
    var translated = AwsErrors.translate(ACTION, "R", failure(code, status));
    assertThat(translated.getMessage()).startsWith(expected).contains("AWS request id 0a1b");
    assertThat(translated.isDenied()).isEqualTo(code.startsWith("AccessDenied"));
  }

  @Test
  void reasonNamesAMissingResponse() {
    var translated =
        AwsErrors.translate(
            ACTION, "R", SdkClientException.create("Unable to execute HTTP request"));
    assertThat(translated.getMessage())
        .isEqualTo(
            ACTION + " on R got no response from AWS: Unable to execute HTTP request. Try again.");
  }

  @Test
  void longMessageFromAwsIsCut() {
    var failure =
        AwsServiceException.builder()
            .statusCode(400)
            .awsErrorDetails(
                AwsErrorDetails.builder()
                    .errorCode("InvalidInput")
                    .errorMessage("x".repeat(5000))
                    .build())
            .build();
    assertThat(AwsErrors.translate(ACTION, "R", failure).getMessage()).hasSizeLessThan(700);
  }

  private static AwsServiceException failure(String code, int status) {
    return AwsServiceException.builder()
        .statusCode(status)
        .requestId("0a1b")
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("because").build())
        .build();
  }
}
