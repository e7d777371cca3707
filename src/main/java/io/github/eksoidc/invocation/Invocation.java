package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.Context;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;

/**
 * One invocation of the function by Lambda.
 *
 * @param id of the invocation
 * @param functionName without version or alias
 * @param functionArn as invoked
 * @param region the function's Region, the value of {@code AWS_REGION}
 * @param timeout the time until Lambda ends the invocation
 */
public record Invocation(
    String id, String functionName, String functionArn, String region, Duration timeout) {

  /** What Lambda's context object says now. */
  public static Invocation of(Context context, String region) {
    return new Invocation(
        context.getAwsRequestId(),
        context.getFunctionName(),
        context.getInvokedFunctionArn(),
        region,
        Duration.ofMillis(context.getRemainingTimeInMillis()));
  }

  /**
   * Where the function runs.
   *
   * @throws RequestFailedException if its ARN is not a Lambda function's ARN
   */
  FunctionLocation location() {
    return FunctionLocation.of(functionArn, region);
  }
}
