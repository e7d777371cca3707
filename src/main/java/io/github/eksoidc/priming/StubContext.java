package io.github.eksoidc.priming;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

/**
 * An invocation that is played, and of which nothing is asked but what the function looks at.
 *
 * @param functionArn of what is invoked
 * @param millis how much time it has, always
 */
public record StubContext(String functionArn, int millis) implements Context {

  private static final String PLAYED = "played";

  @Override
  public String getAwsRequestId() {
    return PLAYED;
  }

  @Override
  public String getLogGroupName() {
    return PLAYED;
  }

  @Override
  public String getLogStreamName() {
    return PLAYED;
  }

  @Override
  public String getFunctionName() {
    return PLAYED;
  }

  @Override
  public String getFunctionVersion() {
    return PLAYED;
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
    return millis;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 0;
  }

  @Override
  public LambdaLogger getLogger() {
    throw new UnsupportedOperationException("The function logs by itself");
  }
}
