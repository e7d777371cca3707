package io.github.eksoidc.aws;

import io.github.eksoidc.provider.AwsCallException;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Translates failed AWS calls into reasons for a stack's events. */
public final class AwsErrors {

  private static final Set<String> DENIED =
      Set.of("AccessDenied", "AccessDeniedException", "UnauthorizedOperation");
  private static final Set<String> UNKNOWN_CREDENTIALS =
      Set.of("InvalidClientTokenId", "UnrecognizedClientException");
  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch", "IncompleteSignature");

  /** IAM's errors that pass, although their status is 4xx and they are not throttling. */
  private static final Set<String> TRANSIENT =
      Set.of("ConcurrentModification", "OpenIdIdpCommunicationError");

  private static final int MAX_MESSAGE_LENGTH = 500;

  private AwsErrors() {}

  /**
   * Translates an SDK exception.
   *
   * @param action the action's name in IAM policies, such as {@code iam:GetOpenIDConnectProvider}
   * @param resource the resource of the call
   */
  static AwsCallException translate(String action, String resource, SdkException failure) {
    if (!(failure instanceof AwsServiceException error)) {
      return exception(
          "%s on %s got no response from AWS: %s. Try again."
              .formatted(action, resource, message(failure)),
          failure);
    }
    String code = code(error);
    String requestId = requestId(error);
    if (DENIED.contains(code)) {
      Denial denial = Denial.of(fullMessage(error));
      return exception(
          "The function's role is not allowed to call %s on %s%s%s. %s AWS reports: %s"
              .formatted(
                  denial
                      .action()
                      .filter(missing -> !missing.equals(action))
                      .map(missing -> "%s, which %s needs,".formatted(missing, action))
                      .orElse(action),
                  resource,
                  denial.cause(),
                  requestId,
                  denial.remedy(),
                  message(error)),
          failure);
    }
    if (BAD_CREDENTIALS.contains(code) || UNKNOWN_CREDENTIALS.contains(code)) {
      return exception(
          "AWS did not accept the function's credentials for %s (%s)%s. Try again."
              .formatted(action, code, requestId),
          failure);
    }
    if (isTransient(error)) {
      return exception(
          "%s on %s failed repeatedly with %s%s. Try again later."
              .formatted(action, resource, code, requestId),
          failure);
    }
    return exception(
        "%s on %s failed with %s%s: %s"
            .formatted(action, resource, code, requestId, message(error)),
        failure);
  }

  /** An exception with a reason of its own for a failed call. */
  static AwsCallException exception(String reason, SdkException failure) {
    return new AwsCallException(
        reason,
        failure,
        failure instanceof AwsServiceException error && DENIED.contains(code(error)),
        isRejection(failure));
  }

  /**
   * Whether AWS denied the only attempt in a way that ends by itself: the policies of a new role
   * are not effective yet.
   */
  static boolean mayBeAllowedSoon(AwsServiceException error) {
    return DENIED.contains(code(error))
        && isRejection(error)
        && Denial.of(fullMessage(error)).mayPass();
  }

  /** Whether AWS rejected the only attempt; an earlier one may have been carried out. */
  static boolean isRejection(SdkException failure) {
    return failure instanceof AwsServiceException error
        && error.statusCode() >= 400
        && error.statusCode() < 500
        && error.awsErrorDetails() != null
        && error.awsErrorDetails().errorCode() != null
        && Objects.requireNonNullElse(error.numAttempts(), 2) <= 1;
  }

  /**
   * Whether AWS does not know the account's credentials. A Region that is not enabled in the
   * account rejects every call in this way.
   */
  static boolean isUnknownCredentials(SdkException failure) {
    return failure instanceof AwsServiceException error
        && UNKNOWN_CREDENTIALS.contains(code(error));
  }

  /** Whether the same call may succeed later. */
  static boolean isTransient(AwsServiceException error) {
    return error.isThrottlingException()
        || error.statusCode() >= 500
        || TRANSIENT.contains(code(error));
  }

  private static String code(AwsServiceException error) {
    AwsErrorDetails details = error.awsErrorDetails();
    return details == null || details.errorCode() == null
        ? "HTTP status " + error.statusCode()
        : details.errorCode();
  }

  /** Returns " (AWS request id …)" for AWS Support, or an empty string if there is no id. */
  static String requestId(AwsServiceException error) {
    return error.requestId() == null ? "" : " (AWS request id " + error.requestId() + ")";
  }

  private static String message(SdkException failure) {
    return truncate(fullMessage(failure));
  }

  private static String fullMessage(SdkException failure) {
    return failure instanceof AwsServiceException error
            && error.awsErrorDetails() != null
            && error.awsErrorDetails().errorMessage() != null
        ? error.awsErrorDetails().errorMessage()
        : String.valueOf(failure.getMessage());
  }

  /** Truncates a message so that it fits into a reason. */
  static String truncate(String message) {
    return message.length() <= MAX_MESSAGE_LENGTH
        ? message
        : message.substring(0, MAX_MESSAGE_LENGTH) + "…";
  }
}
