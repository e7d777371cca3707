package io.github.eksoidc.invocation;

import com.amazonaws.services.lambda.runtime.Context;
import java.time.Duration;

/**
 * One invocation of the function by Lambda.
 *
 * @param id of the invocation
 * @param functionName without version or alias
 * @param functionArn as invoked
 * @param timeout the time until Lambda ends the invocation
 */
public record Invocation(String id, String functionName, String functionArn, Duration timeout) {

  /** What Lambda's context object says now. */
  public static Invocation of(Context context) {
    return new Invocation(
        context.getAwsRequestId(),
        context.getFunctionName(),
        context.getInvokedFunctionArn(),
        Duration.ofMillis(context.getRemainingTimeInMillis()));
  }
}
