package io.github.eksoidc.priming;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

/**
 * A stub of Lambda's context object. Only the values that the function uses are meaningful.
 *
 * @param functionArn the invoked function's ARN
 * @param remainingMillis the constant remaining time
 */
public record StubContext(String functionArn, int remainingMillis) implements Context {

  private static final String STUB = "stub";

  @Override
  public String getAwsRequestId() {
    return STUB;
  }

  @Override
  public String getLogGroupName() {
    return STUB;
  }

  @Override
  public String getLogStreamName() {
    return STUB;
  }

  @Override
  public String getFunctionName() {
    return STUB;
  }

  @Override
  public String getFunctionVersion() {
    return STUB;
  }

  @Override
  public String getInvokedFunctionArn() {
    return functionArn;
  }

  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return remainingMillis;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 0;
  }

  @Override
  public LambdaLogger getLogger() {
    throw new UnsupportedOperationException("The function writes its log to the standard output");
  }
}
