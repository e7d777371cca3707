package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RecordSuccessResponse;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * The SDK's strategy, with what it remembers kept to one request of CloudFormation.
 *
 * <p>The SDK remembers, for as long as a client lives, how fast it may send since it was throttled,
 * and how many retries are left to it. In a warm function that would be the trouble of another
 * request: the next one would be slow, or be refused its retries. It remembers by scope, so each
 * request has a scope of its own; those of long ago are forgotten by the SDK.
 */
public final class RequestRetries implements RetryStrategy {

  private final RetryStrategy strategy;
  private final AtomicLong request;

  /**
   * @param request the number of the request that is at work
   */
  RequestRetries(RetryStrategy strategy, AtomicLong request) {
    this.strategy = requireNonNull(strategy, "strategy is null");
    this.request = requireNonNull(request, "request is null");
  }

  @Override
  public AcquireInitialTokenResponse acquireInitialToken(AcquireInitialTokenRequest call) {
    return strategy.acquireInitialToken(
        AcquireInitialTokenRequest.create(call.scope() + " " + request));
  }

  @Override
  public RefreshRetryTokenResponse refreshRetryToken(RefreshRetryTokenRequest call) {
    return strategy.refreshRetryToken(call);
  }

  @Override
  public RecordSuccessResponse recordSuccess(RecordSuccessRequest call) {
    return strategy.recordSuccess(call);
  }

  @Override
  public int maxAttempts() {
    return strategy.maxAttempts();
  }

  @Override
  public boolean useClientDefaults() {
    return strategy.useClientDefaults();
  }

  @Override
  public Builder<?, ?> toBuilder() {
    return strategy.toBuilder();
  }
}
