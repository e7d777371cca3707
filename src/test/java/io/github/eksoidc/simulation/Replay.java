package io.github.eksoidc.simulation;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resourcetype.EksOidcProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Runs a request's real code up to where it stands: what it has heard so far is told again, and at
 * the first call of which nothing was heard yet it stops.
 *
 * <p>So a request needs no thread, can be stopped anywhere, and can go on twice from one place.
 */
final class Replay implements Providers, Clusters, RequestContext {

  /** Thrown where nothing was heard yet. An Error, so that no code under test catches it. */
  private static final class Stopped extends Error {
    private static final long serialVersionUID = 1;
    private final transient Step step;

    Stopped(Step step) {
      super(null, null, false, false);
      this.step = step;
    }
  }

  /** Where a request stands: at a step, or at its end. */
  sealed interface Standing {
    record At(Step step) implements Standing {}

    record Succeeded(ResourceResult result) implements Standing {}

    record FailedWith(String reason, String physicalId) implements Standing {}
  }

  static final FunctionLocation HOME = new FunctionLocation("aws", "eu-west-1", "111122223333");

  private final String id;
  private final String requestId;
  private final Instant start;
  private final Duration timeout;
  private final List<CallResult> history;
  private int next;
  private int nonces;
  private Instant now;
  private String physicalId = "";

  private Replay(String id, Instant start, Duration timeout, List<CallResult> history) {
    this.id = id;
    this.requestId = id.split("x", 2)[0];
    this.start = start;
    this.timeout = timeout;
    this.history = history;
    this.now = start;
  }

  /**
   * Runs a request.
   *
   * @param id tells this delivery from others
   * @param protocol puts something between the code and the account, to break the protocol on
   *     purpose
   */
  static Standing run(
      Request request,
      String id,
      Instant start,
      Duration timeout,
      List<CallResult> history,
      BiFunction<Providers, RequestContext, Providers> protocol) {
    Replay replay = new Replay(id, start, timeout, history);
    try {
      return new Standing.Succeeded(
          new EksOidcProvider(protocol.apply(replay, replay), replay).handle(request, replay));
    } catch (Stopped stopped) {
      return new Standing.At(stopped.step);
    } catch (RequestFailedException e) {
      String old =
          switch (request) {
            case Request.Create _ -> replay.physicalId;
            case Request.Update update -> update.physicalId();
            case Request.Delete delete -> delete.physicalId();
          };
      return new Standing.FailedWith(e.getMessage(), old);
    }
  }

  private Object heard(Step step) {
    if (next == history.size()) {
      throw new Stopped(step);
    }
    CallResult heard = history.get(next++);
    now = heard.at();
    if (heard.failure().isPresent()) {
      throw new RequestFailedException(heard.failure().get());
    }
    return heard.value();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<Cluster> find(String name, String region) {
    return (Optional<Cluster>) heard(new Step.Describe(name));
  }

  @Override
  public boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    return (Boolean) heard(new Step.Create(issuer, desired, tags));
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<Provider> find(ProviderArn arn) {
    return (Optional<Provider>) heard(new Step.Find(arn));
  }

  @Override
  public boolean change(ProviderArn arn, Change change) {
    return (Boolean) heard(new Step.Make(arn, change));
  }

  @Override
  public Deletion delete(ProviderArn arn) {
    return (Deletion) heard(new Step.Delete(arn));
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<ProviderArn> list() {
    return (List<ProviderArn>) heard(new Step.ListAll());
  }

  @Override
  public FunctionLocation location() {
    return HOME;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public Instant startedAt() {
    return start;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Duration remaining() {
    return Duration.between(now, start.plus(timeout));
  }

  @Override
  public void sleep(Duration duration) {
    if (remaining().compareTo(duration) <= 0) {
      throw new DeadlineExceededException("The time is up");
    }
    heard(new Step.Pause(duration));
  }

  @Override
  public String nonce() {
    return "%s-%d".formatted(id, nonces++);
  }

  @Override
  public void reportProgress(String what) {}

  @Override
  public void usePhysicalId(String answered) {
    physicalId = answered;
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return 0;
  }

  @Override
  public void logDecision(String what, Map<String, ?> details) {}
}
