package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.timing.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Repeats the calls of one request that AWS denies because no policy of the role allows them, for a
 * limited time: the policies of a role that was just created or changed take effect later.
 *
 * <p>The time counts from the request's first denial, so a request waits once and not at each call.
 */
public final class DenialRetries implements CallInterceptor {

  /** The system property with which tests that would wait for {@link #PATIENCE} shorten it. */
  public static final String PATIENCE_PROPERTY = "eks-oidc-provider.denialPatienceSeconds";

  /** How long the policies of a role take to be effective: 30 seconds. */
  public static final Duration PATIENCE =
      Duration.ofSeconds(Integer.getInteger(PATIENCE_PROPERTY, 30));

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** What has to be left of the time for a request that fails in spite of the retries. */
  private static final Duration RESERVE = Duration.ofSeconds(5);

  /** A deletion is sent once, right after the reads that allow it. */
  private static final Set<String> SENT_ONCE = Set.of("iam:DeleteOpenIDConnectProvider");

  private final CallInterceptor next;
  private final RequestContext context;
  private Optional<Instant> end = Optional.empty();

  public DenialRetries(CallInterceptor next, RequestContext context) {
    this.next = requireNonNull(next, "next is null");
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public <T> T call(String action, Supplier<T> call, Function<T, String> requestId) {
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    while (true) {
      try {
        return next.call(action, call, requestId);
      } catch (AwsServiceException e) {
        if (!AwsErrors.mayBeAllowedSoon(e) || SENT_ONCE.contains(action) || !pauses(backoff)) {
          throw e;
        }
      }
    }
  }

  /** Pauses; false if there is no time for it. */
  private boolean pauses(Backoff backoff) {
    Instant now = context.now();
    end = end.or(() -> Optional.of(now.plus(PATIENCE)));
    Duration pause = backoff.next();
    if (now.plus(pause).isAfter(end.get())
        || context.remaining().minus(RESERVE).compareTo(pause) < 0) {
      return false;
    }
    try {
      context.sleep(pause);
      return true;
    } catch (DeadlineExceededException _) {
      return false;
    }
  }
}
