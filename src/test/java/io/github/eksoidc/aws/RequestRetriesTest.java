package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;
import software.amazon.awssdk.services.iam.model.IamException;

/** With the SDK's own adaptive strategy: what it remembers ends with the request. */
class RequestRetriesTest {

  private static final int MORE_CALLS_THAN_THE_QUOTA_HAS_RETRIES = 1000;

  private final Throwable throttled = failure("Throttling", 400);
  private final Throwable broken = failure("ServiceFailure", 500);

  private final AtomicLong request = new AtomicLong();
  private final RequestRetries retries =
      new RequestRetries(AwsRetryStrategy.adaptiveRetryStrategy(), request);

  @Test
  void whoWasThrottledIsSlowedDownUntilTheRequestEnds() {
    assertThat(begin().delay()).isZero();
    for (int i = 0; i < 5; i++) {
      retry(throttled);
    }
    // The first call of a throttled client takes what there is, the next has to wait.
    begin();
    assertThat(begin().delay()).isPositive();

    request.incrementAndGet();
    begin();
    assertThat(begin().delay()).isZero();
  }

  @Test
  void theQuotaOfRetriesIsTheRequestsOwn() {
    int granted = 0;
    while (granted < MORE_CALLS_THAN_THE_QUOTA_HAS_RETRIES && retry(broken)) {
      granted++;
    }
    assertThat(granted).isBetween(1, MORE_CALLS_THAN_THE_QUOTA_HAS_RETRIES - 1);
    assertThat(retry(broken)).isFalse();

    request.incrementAndGet();
    assertThat(retry(broken)).isTrue();
  }

  private AcquireInitialTokenResponse begin() {
    return retries.acquireInitialToken(AcquireInitialTokenRequest.create("GLOBAL"));
  }

  /** One call that fails; whether it may be tried again. */
  private boolean retry(Throwable failure) {
    try {
      retries.refreshRetryToken(
          RefreshRetryTokenRequest.builder().token(begin().token()).failure(failure).build());
      return true;
    } catch (TokenAcquisitionFailedException _) {
      return false;
    }
  }

  private static Throwable failure(String code, int status) {
    return IamException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
        .build();
  }
}
