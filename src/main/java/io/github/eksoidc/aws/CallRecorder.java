package io.github.eksoidc.aws;

import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsResponse;

/** Makes AWS calls and records them. */
public interface CallRecorder {

  /**
   * Makes one AWS call.
   *
   * @param action the action's name in IAM policies
   */
  <T extends AwsResponse> T call(String action, Supplier<T> call);
}
