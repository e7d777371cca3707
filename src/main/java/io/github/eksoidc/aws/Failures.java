package io.github.eksoidc.aws;

import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Refusal;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in plain words why a call of AWS failed. */
final class Failures {

  private static final Set<String> DENIED =
      Set.of("AccessDenied", "AccessDeniedException", "UnauthorizedOperation");
  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "ExpiredToken",
          "ExpiredTokenException",
          "InvalidClientTokenId",
          "UnrecognizedClientException",
          "SignatureDoesNotMatch",
          "IncompleteSignature");
  private static final int LONGEST_MESSAGE = 500;

  private Failures() {}

  /**
   * @param action as IAM policies name it, such as {@code iam:GetOpenIDConnectProvider}
   * @param resource on what
   */
  static Refusal refusal(String action, String resource, SdkException failure) {
    if (!(failure instanceof AwsServiceException answer)) {
      return new Refusal(
          "%s on %s got no answer from AWS: %s. Try again."
              .formatted(action, resource, message(failure)),
          failure);
    }
    String code = code(answer);
    String requestId = requestId(answer);
    if (DENIED.contains(code)) {
      return new Providers.Denied(
          "The function's role may not call %s on %s: allow this action there%s. AWS says: %s"
              .formatted(action, resource, requestId, message(answer)),
          failure);
    }
    if (BAD_CREDENTIALS.contains(code)) {
      return new Refusal(
          "AWS did not accept the function's credentials for %s (%s)%s. Try again."
              .formatted(action, code, requestId),
          failure);
    }
    if (isPassing(answer)) {
      return new Refusal(
          "%s on %s failed again and again with %s%s. Try again later."
              .formatted(action, resource, code, requestId),
          failure);
    }
    return new Refusal(
        "%s on %s failed with %s%s: %s"
            .formatted(action, resource, code, requestId, message(answer)),
        failure);
  }

  /** Whether the same call may succeed another time. */
  static boolean isPassing(AwsServiceException answer) {
    return answer.isThrottlingException()
        || answer.statusCode() >= 500
        || code(answer).equals("ConcurrentModification");
  }

  static String code(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    return details == null || details.errorCode() == null
        ? "HTTP status " + answer.statusCode()
        : details.errorCode();
  }

  /** For people who ask AWS's support: " (AWS request id …)", or nothing. */
  static String requestId(AwsServiceException answer) {
    return answer.requestId() == null ? "" : " (AWS request id " + answer.requestId() + ")";
  }

  private static String message(SdkException failure) {
    String message =
        failure instanceof AwsServiceException answer
                && answer.awsErrorDetails() != null
                && answer.awsErrorDetails().errorMessage() != null
            ? answer.awsErrorDetails().errorMessage()
            : String.valueOf(failure.getMessage());
    return cut(message);
  }

  /** Not longer than a reason can bear. */
  static String cut(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE) + "…";
  }
}
