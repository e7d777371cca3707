package io.github.eksoidc.aws;

import io.github.eksoidc.provider.AccessDeniedException;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in plain words why a call of AWS failed. */
public final class AwsErrors {

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
  private static final int MAX_MESSAGE_LENGTH = 500;

  private AwsErrors() {}

  /**
   * @param action as IAM policies name it, such as {@code iam:GetOpenIDConnectProvider}
   * @param resource on what
   */
  static RequestFailedException refusal(String action, String resource, SdkException failure) {
    if (!(failure instanceof AwsServiceException answer)) {
      return new RequestFailedException(
          "%s on %s got no answer from AWS: %s. Try again."
              .formatted(action, resource, message(failure)),
          failure);
    }
    String code = code(answer);
    String requestId = requestId(answer);
    if (DENIED.contains(code)) {
      return new AccessDeniedException(
          "The function's role may not call %s on %s: allow this action there%s. AWS says: %s"
              .formatted(action, resource, requestId, message(answer)),
          failure);
    }
    if (BAD_CREDENTIALS.contains(code)) {
      return new RequestFailedException(
          "AWS did not accept the function's credentials for %s (%s)%s. Try again."
              .formatted(action, code, requestId),
          failure);
    }
    if (isTransient(answer)) {
      return new RequestFailedException(
          "%s on %s failed again and again with %s%s. Try again later."
              .formatted(action, resource, code, requestId),
          failure);
    }
    return new RequestFailedException(
        "%s on %s failed with %s%s: %s"
            .formatted(action, resource, code, requestId, message(answer)),
        failure);
  }

  /** Whether the same call may succeed another time. */
  static boolean isTransient(AwsServiceException answer) {
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
    return message.length() <= MAX_MESSAGE_LENGTH
        ? message
        : message.substring(0, MAX_MESSAGE_LENGTH) + "…";
  }
}
