package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/** How often the SDK repeats a call, whatever happened to the calls before. */
class RetryStrategyTest {

  static final List<AwsServiceException> TRANSIENT =
      List.of(error(500, "ServiceFailure"), error(400, "Throttling"));

  /** The SDK's own strategy has 500 tokens, of which each retry takes 5 to 14. */
  @ParameterizedTest
  @FieldSource("TRANSIENT")
  void aCallIsRetriedAsOftenAsTheFirstAlthoughManyHaveFailed(AwsServiceException failure) {
    StandardRetryStrategy strategy = AwsClients.retryStrategy();
    for (int call = 1; call <= 200; call++) {
      assertThat(retries(strategy, failure)).as("retries of call %d", call).isEqualTo(7);
    }
  }

  private static int retries(StandardRetryStrategy strategy, AwsServiceException failure) {
    RetryToken token =
        strategy.acquireInitialToken(AcquireInitialTokenRequest.create("test")).token();
    int retries = 0;
    while (true) {
      try {
        token =
            strategy
                .refreshRetryToken(
                    RefreshRetryTokenRequest.builder()
                        .token(token)
                        .failure(failure)
                        .suggestedDelay(Duration.ZERO)
                        .build())
                .token();
        retries++;
      } catch (TokenAcquisitionFailedException e) {
        return retries;
      }
    }
  }

  private static AwsServiceException error(int status, String code) {
    return AwsServiceException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
        .message(code)
        .build();
  }
}
