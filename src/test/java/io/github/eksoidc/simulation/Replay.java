package io.github.eksoidc.simulation;

import io.github.eksoidc.audit.Inventory;
import io.github.eksoidc.audit.Stack;
import io.github.eksoidc.audit.StackResource;
import io.github.eksoidc.audit.StaleClaimRelease;
import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.PhysicalIds;
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
import java.util.function.Supplier;

/**
 * Runs a request's real code up to where it stands: what it has heard so far is told again, and at
 * the first call of which nothing was heard yet it stops.
 *
 * <p>So a request needs no thread, can be stopped anywhere, and can go on twice from one place.
 */
final class Replay implements Providers, Clusters, RequestContext {

  /** The properties of a Delete that is none of CloudFormation's, but a person's release. */
  static final Map<String, Object> RELEASE = Map.of("Release", "of the claim");

  /** The same, of a provider that nobody claims. */
  static final Map<String, Object> RELEASE_UNCLAIMED = Map.of("Release", "without a claim");

  /** Thrown where nothing was heard yet. An Error, so that no code under test catches it. */
  private static final class Stopped extends Error {
    private static final long serialVersionUID = 1;
    private final transient Step step;

    Stopped(Step step) {
      super(null, null, false, false);
      this.step = step;
    }
  }

  /**
   * How far a request has come.
   *
   * @param knows what decides how it goes on; equal for two deliveries that go on in the same way
   * @param pauses how often it has paused in a row, which decides for how long it will
   */
  record Position(Standing standing, List<Object> knows, int pauses) {}

  /** Where a request stands: at a step, or at its end. */
  sealed interface Standing {
    record At(Step step) implements Standing {}

    record Succeeded(ResourceResult result) implements Standing {}

    record FailedWith(String reason, String physicalId) implements Standing {}
  }

  static final FunctionLocation HOME = new FunctionLocation("aws", "eu-west-1", "111122223333");

  private final String id;
  private final String requestId;
  private final Instant sentAt;
  private final Instant start;
  private final List<CallResult> history;
  private final Protocol protocol;
  private int next;
  private Knowledge knowledge;
  private int nonces;
  private String doing = "";
  private Instant now;
  private Supplier<String> physicalId;

  private Replay(
      String id,
      String requestId,
      Instant sentAt,
      Instant start,
      List<CallResult> history,
      Protocol protocol) {
    this.id = id;
    this.requestId = requestId;
    this.physicalId = () -> PhysicalIds.notCreated(requestId);
    this.sentAt = sentAt;
    this.start = start;
    this.history = history;
    this.protocol = protocol;
    this.now = start;
  }

  /**
   * Runs a request.
   *
   * @param id distinguishes this delivery from others
   * @param requestId the same for all deliveries of the request
   * @param sentAt when CloudFormation sent the request
   * @param start when this delivery began
   */
  static Position run(
      Request request,
      String id,
      String requestId,
      Instant sentAt,
      Instant start,
      List<CallResult> history,
      Protocol protocol) {
    return new Replay(id, requestId, sentAt, start, history, protocol).run(request);
  }

  private Position run(Request request) {
    knowledge = new Knowledge(Claimant.of(request.resource()).key(), requestId, start);
    Standing standing = play(request);
    List<Object> knows = List.of(doing, nonces, physicalId.get(), knowledge.remembered());
    return new Position(standing, knows, knowledge.pauses());
  }

  private Standing play(Request request) {
    Providers providers = protocol.providers(this, this);
    try {
      return new Standing.Succeeded(
          request instanceof Request.Delete delete && isRelease(delete)
              ? release(delete, providers)
              : new EksOidcProvider(providers, protocol.clusters(this), true)
                  .handle(protocol.request(request), this));
    } catch (Stopped stopped) {
      return new Standing.At(stopped.step);
    } catch (RequestFailedException e) {
      String old =
          switch (request) {
            case Request.Create _ -> physicalId.get();
            case Request.Update update -> update.physicalId();
            case Request.Delete delete -> delete.physicalId();
          };
      return new Standing.FailedWith(e.getMessage(), old);
    }
  }

  static boolean isRelease(Request.Delete request) {
    return request.properties().containsKey("Release");
  }

  /** A release by hand. The lists of stacks that it reads are as they were when it began. */
  @SuppressWarnings("unchecked")
  private ResourceResult release(Request.Delete request, Providers providers) {
    var stacks = new Stacks((List<StackResource>) heard(new Step.ListStacks()));
    new StaleClaimRelease(providers, stacks, this)
        .release(
            ProviderArn.parse(request.physicalId()).orElseThrow(),
            request.properties().equals(RELEASE)
                ? Optional.of(Claimant.of(request.resource()).id())
                : Optional.empty());
    return ResourceResult.of(request.physicalId());
  }

  /** The stacks that have these resources, all in one Region. */
  private record Stacks(List<StackResource> all) implements Inventory {

    @Override
    public boolean isRegion(String name) {
      return true;
    }

    @Override
    public Page<String> clusters(String region, Optional<String> from) {
      return new Page<>(List.of(), Optional.empty());
    }

    @Override
    public Page<Stack> stacks(String region, Optional<String> from) {
      return new Page<>(
          all.stream()
              .map(StackResource::stack)
              .filter(stack -> stack.region().equals(region))
              .distinct()
              .toList(),
          Optional.empty());
    }

    @Override
    public Page<StackResource> resources(Stack stack, Optional<String> from) {
      return new Page<>(
          all.stream().filter(resource -> resource.stack().equals(stack)).toList(),
          Optional.empty());
    }
  }

  private Object heard(Step step) {
    if (next == history.size()) {
      throw new Stopped(step);
    }
    CallResult heard = history.get(next++);
    knowledge.heard(step, heard, nonces, doing);
    now = heard.at();
    if (heard.failure().isPresent()) {
      throw heard.failure().get().exception();
    }
    return heard.value();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<Cluster> find(String name, String region) {
    return (Optional<Cluster>) heard(new Step.Describe(name));
  }

  @Override
  public Creation create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    return (Creation) heard(new Step.Create(issuer, desired, tags));
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<Provider> find(ProviderArn arn) {
    return (Optional<Provider>) heard(new Step.Find(arn));
  }

  @Override
  public Modification change(ProviderArn arn, Change change) {
    return (Modification) heard(new Step.Make(arn, change));
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
  public Instant sentAt() {
    return sentAt;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Duration remaining() {
    return Duration.between(now, start.plus(Scenario.TIMEOUT));
  }

  @Override
  public void sleep(Duration duration) {
    if (!protocol.pauses(duration)) {
      return;
    }
    if (remaining().compareTo(duration) <= 0) {
      throw new DeadlineExceededException("The time is up");
    }
    heard(new Step.Pause(duration));
  }

  @Override
  public String nonce() {
    return "%08x%08x".formatted(id.hashCode(), nonces++);
  }

  @Override
  public void reportProgress(String what) {
    doing = what;
  }

  @Override
  public void usePhysicalId(Supplier<String> answered) {
    physicalId = answered;
  }

  @Override
  public int remainingResponseBytes(ResourceResult result) {
    return 0;
  }

  @Override
  public void logDecision(String what, Map<String, ?> details) {}
}
