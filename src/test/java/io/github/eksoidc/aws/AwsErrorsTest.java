package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
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

  /** The IAM User Guide's examples of messages, under "Access denied error messages". */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "because no identity-based policy allows the %s action | : no identity-based policy allows it | true",
        "with an explicit deny in an identity-based policy | : an identity-based policy denies it | false",
        "with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/p | : an identity-based policy denies it | false",
        "because no service control policy allows the %s action | : no service control policy allows it | false",
        "with an explicit deny in a service control policy | : a service control policy denies it | false",
        "with an explicit deny in a resource control policy | : a resource control policy denies it | false",
        "because no permissions boundary allows the %s action | : no permissions boundary allows it | false",
        "with an explicit deny in a permissions boundary | : a permissions boundary denies it | false",
        "because no session policy allows the %s action | : no session policy allows it | false",
        "with an explicit deny in a session policy | : a session policy denies it | false",
        "because no VPC endpoint policy allows the %s action | : no VPC endpoint policy allows it | false",
        "with an explicit deny in a VPC endpoint policy | : a VPC endpoint policy denies it | false",
        "with an explicit deny in a resource-based policy | : a policy denies it | false",
        "with an explicit deny | : a policy denies it | false",
        "because no resource-based policy allows the %s action | '' | false",
        "because it is Monday | '' | false"
      })
  void reasonSaysWhoDeniedTheCall(String because, String cause, boolean mayPass) {
    String message =
        "User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: %s on resource: arn %s"
            .formatted(ACTION, because.replace("%s", ACTION));
    var failure = failure("AccessDenied", 403, message);
    assertThat(AwsErrors.translate(ACTION, "R", failure).getMessage())
        .startsWith(
            "The function's role is not allowed to call %s on R%s (AWS request id 0a1b). "
                .formatted(ACTION, cause))
        .endsWith("AWS reports: " + message);
    assertThat(AwsErrors.mayBeAllowedSoon(failure)).isEqualTo(mayPass);
  }

  /** Each kind of denial has a remedy of its own, except that one remedy may serve both verbs. */
  @Test
  void eachKindOfPolicyHasItsOwnRemedy() {
    assertThat(Denial.Policy.values())
        .extracting(policy -> new Denial(policy, true, Optional.empty()).remedy())
        .doesNotHaveDuplicates();
    assertThat(new Denial(Denial.Policy.IDENTITY_BASED, false, Optional.empty()).remedy())
        .contains("RoleArn");
    assertThat(new Denial(Denial.Policy.SERVICE_CONTROL, true, Optional.empty()).remedy())
        .startsWith("Ask the administrators of the organization to exempt the role, or deploy");
    assertThat(new Denial(Denial.Policy.PERMISSIONS_BOUNDARY, true, Optional.empty()).remedy())
        .startsWith("Change the permissions boundary");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "is not authorized to perform: iam:TagOpenIDConnectProvider on | iam:TagOpenIDConnectProvider, which iam:GetOpenIDConnectProvider needs, on R",
        "is not authorized to perform: iam:GetOpenIDConnectProvider on | iam:GetOpenIDConnectProvider on R",
        "is not authorized to perform: <script> on                     | iam:GetOpenIDConnectProvider on R",
        "is not authorized to perform: iam: on                         | iam:GetOpenIDConnectProvider on R",
        "AccessDenied                                                  | iam:GetOpenIDConnectProvider on R"
      })
  void reasonNamesTheActionOfTheMessage(String message, String expected) {
    assertThat(AwsErrors.translate(ACTION, "R", failure("AccessDenied", 403, message)).getMessage())
        .startsWith("The function's role is not allowed to call " + expected);
  }

  /** An attempt without a response may have been carried out: the request must know that. */
  @Test
  void aDenialAfterALostResponseIsNotRetried() {
    String message = "because no identity-based policy allows the x action";
    assertThat(AwsErrors.mayBeAllowedSoon(failure("AccessDenied", 403, message))).isTrue();
    assertThat(
            AwsErrors.mayBeAllowedSoon(
                failure("AccessDenied", 403, message).toBuilder().numAttempts(2).build()))
        .isFalse();
    assertThat(AwsErrors.mayBeAllowedSoon(failure("InvalidInput", 400, message))).isFalse();
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
    var failure = failure("InvalidInput", 400, "x".repeat(5000));
    assertThat(AwsErrors.translate(ACTION, "R", failure).getMessage()).hasSizeLessThan(700);
  }

  private static AwsServiceException failure(String code, int status) {
    return failure(code, status, "because");
  }

  private static AwsServiceException failure(String code, int status, String message) {
    return AwsServiceException.builder()
        .numAttempts(1)
        .statusCode(status)
        .requestId("0a1b")
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
        .build();
  }
}
