package io.github.eksoidc.aws;

import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsResponse;

/** Is told of every call of AWS, in its turn. */
public interface CallRecorder {

  /**
   * Makes the call.
   *
   * @param action as IAM policies name it
   */
  <T extends AwsResponse> T call(String action, Supplier<T> call);
}
