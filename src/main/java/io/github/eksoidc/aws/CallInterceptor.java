package io.github.eksoidc.aws;

import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsResponse;

/** What each AWS call passes through: it may be logged, rejected or repeated there. */
public interface CallInterceptor {

  /**
   * Makes one AWS call.
   *
   * @param action the action's name in IAM policies
   */
  default <T extends AwsResponse> T call(String action, Supplier<T> call) {
    return call(action, call, response -> response.responseMetadata().requestId());
  }

  /**
   * Makes one AWS call that is not one of an SDK client.
   *
   * @param action the action's name in IAM policies
   * @param requestId finds AWS's request id in the response
   */
  <T> T call(String action, Supplier<T> call, Function<T, String> requestId);
}
