package io.github.eksoidc.simulation;

import io.github.eksoidc.audit.StackResource;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs requests on one account over a long time, one at a time or several at once, with the faults
 * that a seed draws. Requests are the real lifecycle, replayed up to each step; time is simulated.
 */
final class LifecycleRunner {

  /** How often Lambda delivers an event whose invocation died. */
  private static final int DELIVERIES = 3;

  private static final Duration CALL = Duration.ofMillis(80);
  private static final Duration REDELIVERY = Duration.ofMinutes(1);

  /** When a person retries what failed: later than the end of every lease and invocation. */
  private static final Duration UNTIL_RETRY = Duration.ofMinutes(17);

  /** How late IAM carries out a call after it was sent. */
  private static final Duration LATEST_CALL = Duration.ofMinutes(1);

  /** Nobody fills a provider with odd tags: it has 50 at the most. */
  private static final int MOST_TAGS = 30;

  /** How far reads may lag behind writes. */
  private static final Duration MAX_LAG = Duration.ofSeconds(20);

  /** How a request ended, as CloudFormation learns of it. */
  sealed interface Outcome {
    record Succeeded(String physicalId) implements Outcome {}

    record Failed(String physicalId, String reason) implements Outcome {}

    /** No response came in time. */
    record NoResponse() implements Outcome {}
  }

  /**
   * A request that has ended.
   *
   * @param request what CloudFormation has sent
   * @param healthy whether no fault was injected into it
   * @param redelivered whether an invocation died, or one delivery failed and another succeeded
   * @param start when it was delivered first
   */
  record Ended(
      Request request, Outcome outcome, boolean healthy, boolean redelivered, Instant start) {}

  /**
   * A request, and what CloudFormation does when it ends.
   *
   * @param calm whether no fault is injected
   * @param cancel when CloudFormation stops waiting for the response; empty for never
   * @param then the requests that follow
   */
  record Sent(
      Request request, boolean calm, Optional<Cancel> cancel, Function<Ended, List<Sent>> then) {

    Sent(Request request, boolean calm, Function<Ended, List<Sent>> then) {
      this(request, calm, Optional.empty(), then);
    }
  }

  /**
   * CloudFormation cancels a request that runs, and ignores its response.
   *
   * @param afterSteps how many steps the request has made by then
   * @param next the request that follows at once
   */
  record Cancel(int afterSteps, Supplier<Sent> next) {}

  /** A rule is broken. */
  static final class RuleBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RuleBrokenException(String what) {
      super(what, null, false, false);
    }
  }

  /** Learns of requests and writes, to check the rules. */
  interface Observer {
    void sending(Request request, String requestId);

    void written(
        NavigableMap<String, Entry> before,
        NavigableMap<String, Entry> after,
        Request by,
        String requestId);

    /** What the stacks have that exist. */
    List<StackResource> stacks();

    /** A call fails for good, and the request goes on. */
    void callFailed(Step step, String requestId);

    /** Somebody has written an odd tag. */
    void planted(String arn, String key);
  }

  /** A request and its deliveries. */
  private final class Active {
    private final Sent sent;
    private final String requestId;
    private final Instant begun = clock;
    private final Instant sentAt;
    private final List<RequestDelivery> deliveries = new ArrayList<>();
    private final boolean doubled;
    private Optional<Instant> redeliverAt = Optional.empty();
    private Outcome first;
    private boolean healthy = true;
    private boolean canceled;
    private boolean hasEnded;
    private int deaths;
    private int steps;

    Active(Sent sent, Weather weather) {
      this.sent = sent;
      this.requestId = "r" + ++count;
      // CloudFormation takes more than a second between two requests for a resource.
      this.sentAt =
          lastSent.merge(
              sent.request().resource(),
              clock.truncatedTo(ChronoUnit.SECONDS),
              (last, now) -> now.isAfter(last) ? now : last.plusSeconds(1));
      this.doubled = !sent.calm() && weather.doubles();
      observer.sending(sent.request(), requestId);
      deliver();
      if (doubled && weather.atOnce()) {
        deliver();
      }
    }

    private void deliver() {
      String id = requestId + "d" + deliveries.size();
      trace(id, "begins " + shown(sent.request()));
      deliveries.add(
          RequestDelivery.begin(
              Protocol.UNCHANGED, 0, sent.request(), id, requestId, sentAt, clock));
      recordOutcome(deliveries.getLast());
    }

    /**
     * Whether CloudFormation goes on. A second delivery of an Update that has replaced the provider
     * may still be at work then; another's would leave no claim that tells it of the next request.
     */
    boolean isAnswered() {
      return isOver()
          || (sent.request() instanceof Request.Update update
              && first instanceof Outcome.Succeeded(String id)
              && !update.physicalId().equals(id));
    }

    /** The first response of all deliveries counts. */
    private void recordOutcome(RequestDelivery delivery) {
      Outcome outcome =
          switch (delivery.standing()) {
            case Replay.Standing.Succeeded(var result) ->
                new Outcome.Succeeded(result.physicalId());
            case Replay.Standing.FailedWith(String reason, String id) ->
                new Outcome.Failed(id, reason);
            case Replay.Standing.At _ -> null;
          };
      if (outcome != null) {
        trace(delivery.id(), "ends " + outcome);
        first = first == null ? outcome : first;
      }
    }

    /** Whether CloudFormation has received a failure, and a later delivery has succeeded. */
    private boolean endsDiffer() {
      return first instanceof Outcome.Failed
          && deliveries.stream()
              .anyMatch(delivery -> delivery.standing() instanceof Replay.Standing.Succeeded);
    }

    private boolean isOver() {
      return redeliverAt.isEmpty() && deliveries.stream().allMatch(RequestDelivery::isOver);
    }
  }

  /** A call whose caller does not wait for it any more. */
  private record LateCall(Instant due, Step step, Request by, String requestId) {}

  /** A cluster's name and what it stands for at the moment. */
  record ClusterState(String status, int generation, Instant since, Instant ready) {}

  final LaggingIam iam;
  final Map<String, ClusterState> clusters = new HashMap<>();
  private final Map<String, Integer> generations = new HashMap<>();
  private final List<LateCall> late = new ArrayList<>();
  private final Optional<List<String>> trace;
  Observer observer;
  private Instant clock = Scenario.START;
  private Instant iamDeniedUntil = Instant.MIN;
  private Instant eksDeniedUntil = Instant.MIN;
  private long count;
  private final Map<LogicalResource, Instant> lastSent = new HashMap<>();

  LifecycleRunner(Optional<List<String>> trace) {
    this.trace = trace;
    iam = new LaggingIam(() -> clock);
    createCluster("a");
    createCluster("b");
    pass(Duration.ofMinutes(10));
  }

  Instant now() {
    return clock;
  }

  void pass(Duration time) {
    clock = clock.plus(time);
    carryOutLateCalls();
  }

  private void trace(String who, String what) {
    trace.ifPresent(
        lines -> lines.add(Duration.between(Scenario.START, clock) + " " + who + " " + what));
  }

  private static String shown(Request request) {
    return switch (request) {
      case Request.Create r ->
          "Create " + r.resource().stackName() + "/" + r.resource().logicalId() + r.properties();
      case Request.Update r ->
          "Update %s/%s %s %s -> %s"
              .formatted(
                  r.resource().stackName(),
                  r.resource().logicalId(),
                  r.physicalId(),
                  r.oldProperties(),
                  r.properties());
      case Request.Delete r ->
          "Delete %s/%s %s"
              .formatted(r.resource().stackName(), r.resource().logicalId(), r.physicalId());
    };
  }

  // Clusters.

  void createCluster(String name) {
    if (!clusters.containsKey(name)) {
      int generation = generations.merge(name, 1, Integer::sum) - 1;
      clusters.put(
          name, new ClusterState("CREATING", generation, clock, clock.plus(Duration.ofMinutes(3))));
      trace("cluster", name + generation + " is created");
    }
  }

  /** Deletes a cluster; EKS says so for some minutes. */
  void deleteCluster(String name) {
    ClusterState state = clusters.get(name);
    if (state != null) {
      clusters.put(
          name,
          new ClusterState(
              "DELETING", state.generation(), clock, clock.plus(Duration.ofMinutes(4))));
      trace("cluster", name + " is deleted");
    }
  }

  void forgetCluster(String name) {
    clusters.remove(name);
    trace("cluster", name + " is gone");
  }

  /** The generation of the last cluster of a name. */
  int generation(String name) {
    return generations.getOrDefault(name, 1) - 1;
  }

  private Optional<Cluster> describe(String name) {
    ClusterState state = clusters.get(name);
    if (state == null) {
      return Optional.empty();
    }
    if (!clock.isBefore(state.ready())) {
      if (state.status().equals("DELETING")) {
        clusters.remove(name);
        return Optional.empty();
      }
      return Optional.of(
          new Cluster(
              "ACTIVE", "1.33", Optional.of(SimulatedAccount.issuer(name, state.generation()))));
    }
    return Optional.of(
        new Cluster(
            state.status(),
            "1.33",
            state.status().equals("DELETING")
                ? Optional.of(SimulatedAccount.issuer(name, state.generation()))
                : Optional.empty()));
  }

  private void changeSomeCluster(Weather weather) {
    String name = weather.random().nextBoolean() ? "a" : "b";
    switch (weather.random().nextInt(4)) {
      case 0 -> deleteCluster(name);
      case 1 -> forgetCluster(name);
      case 2 -> createCluster(name);
      default -> {
        forgetCluster(name);
        createCluster(name);
      }
    }
  }

  // Requests.

  /** Runs requests at the same time, and all that follow from them, until none is left. */
  void run(List<Sent> together, Weather weather) {
    if (together.stream()
        .noneMatch(sent -> SimulatedCloudFormation.cancelsCreate(sent.request()))) {
      weather.deniesAll(this);
    }
    List<Active> active = new ArrayList<>();
    List<Sent> later = new ArrayList<>();
    together.forEach(sent -> active.add(new Active(sent, weather)));
    while (!active.isEmpty() || !later.isEmpty()) {
      for (Active one : List.copyOf(active)) {
        if (one.isOver()) {
          active.remove(one);
        }
        if (one.isAnswered() && !one.hasEnded) {
          one.hasEnded = true;
          if (!one.canceled) {
            follow(one.sent.then().apply(ended(one)), active, later, weather);
          }
        } else if (!one.canceled
            && one.first == null
            && one.sent.cancel().filter(c -> one.steps >= c.afterSteps()).isPresent()) {
          one.canceled = true;
          trace(one.requestId, "is canceled");
          active.add(new Active(one.sent.cancel().get().next().get(), weather));
        }
      }
      if (active.isEmpty()) {
        pass(UNTIL_RETRY);
        later.forEach(sent -> active.add(new Active(sent, weather)));
        later.clear();
      } else {
        move(active, weather);
      }
    }
  }

  void denyUntil(Instant iamUntil, Instant eksUntil) {
    iamDeniedUntil = iamUntil;
    eksDeniedUntil = eksUntil;
  }

  private void follow(List<Sent> next, List<Active> active, List<Sent> later, Weather weather) {
    for (Sent sent : next) {
      if (sent.calm()) {
        later.add(sent);
      } else {
        active.add(new Active(sent, weather));
      }
    }
  }

  private static Ended ended(Active one) {
    return new Ended(
        one.sent.request(),
        one.first == null ? new Outcome.NoResponse() : one.first,
        one.healthy,
        one.deaths > 0 || one.endsDiffer(),
        one.begun);
  }

  private record Place(Active active, int index) {
    RequestDelivery delivery() {
      return active.deliveries.get(index);
    }
  }

  /** Somebody writes an odd tag on some provider. */
  void plant(Random random) {
    List<String> arns = new ArrayList<>(iam.all().keySet());
    if (arns.isEmpty()) {
      return;
    }
    String arn = arns.get(random.nextInt(arns.size()));
    Entry entry = iam.all().get(arn);
    var tag = HostileTags.any(random, entry, clock);
    if (!entry.tags().containsKey(tag.getKey()) && entry.tags().size() < MOST_TAGS) {
      iam.iam.tag(arn, Map.of(tag.getKey(), tag.getValue()));
      iam.recordWrite();
      trace("somebody", "tags " + arn + " with " + tag);
      observer.planted(arn, tag.getKey());
    }
  }

  private void move(List<Active> active, Weather weather) {
    if (weather.plants()) {
      plant(weather.random());
    }
    if (weather.changesCluster()) {
      changeSomeCluster(weather);
    }
    List<Place> ready = new ArrayList<>();
    Optional<Place> sleeper = Optional.empty();
    Optional<Active> redelivered = Optional.empty();
    Instant next = Instant.MAX;
    for (Active one : active) {
      if (one.redeliverAt.filter(next::isAfter).isPresent()) {
        next = one.redeliverAt.get();
        redelivered = Optional.of(one);
        sleeper = Optional.empty();
      }
      for (int i = 0; i < one.deliveries.size(); i++) {
        RequestDelivery delivery = one.deliveries.get(i);
        if (delivery.isOver()) {
          continue;
        }
        if (!delivery.isPausing()) {
          ready.add(new Place(one, i));
        } else if (delivery.wakeAt().isBefore(next)) {
          next = delivery.wakeAt();
          sleeper = Optional.of(new Place(one, i));
          redelivered = Optional.empty();
        }
      }
    }
    if (!ready.isEmpty()
        && (next.equals(Instant.MAX) || (next.isAfter(clock) && !weather.wakesEarly()))) {
      goOn(ready.get(weather.choose(ready.size())), weather);
      return;
    }
    if (next.equals(Instant.MAX)) {
      return; // All have ended.
    }
    clock = next.isAfter(clock) ? next : clock;
    carryOutLateCalls();
    if (redelivered.isPresent()) {
      redelivered.get().redeliverAt = Optional.empty();
      redelivered.get().deliver();
    } else {
      Place place = sleeper.orElseThrow();
      CallResult woke = CallResult.value("woke", clock);
      set(place, place.delivery().hearing(woke, Protocol.UNCHANGED, false));
    }
  }

  private void goOn(Place place, Weather weather) {
    Active active = place.active();
    RequestDelivery delivery = place.delivery();
    if (delivery.arriving().isPresent()) {
      set(place, delivery.receive(Protocol.UNCHANGED));
      return;
    }
    clock = clock.plus(CALL);
    carryOutLateCalls();
    active.steps++;
    Step step = delivery.step().orElseThrow();
    boolean denied =
        clock.isBefore(step instanceof Step.Describe ? eksDeniedUntil : iamDeniedUntil);
    Fault fault =
        denied ? Fault.DENIED : active.sent.calm() ? Fault.NONE : weather.fault(active, step);
    trace(delivery.id(), step.shown() + (fault == Fault.NONE ? "" : " " + fault));
    if (fault != Fault.NONE && fault != Fault.REPEATED) {
      active.healthy = false;
      if (!fault.kills) {
        observer.callFailed(step, active.requestId);
      }
    }
    CallResult result =
        switch (fault) {
          case NONE -> perform(step, active, weather);
          case DENIED -> CallResult.denied(clock);
          case LOST_BEFORE -> noResponse(step);
          case LOST_AFTER -> {
            perform(step, active, weather);
            yield noResponse(step);
          }
          case LOST_LATE -> {
            sendLate(step, active, weather);
            yield noResponse(step);
          }
          case DENIED_AFTER_LOST -> {
            perform(step, active, weather);
            yield CallResult.failure(
                new CallResult.Failure("AccessDenied", true, false, false), clock);
          }
          case REPEATED -> {
            perform(step, active, weather);
            clock = clock.plus(CALL);
            yield switch (step) {
              case Step.Delete _ -> noResponse(step);
              case Step.Create _ -> repeated(perform(step, active, weather));
              default -> perform(step, active, weather);
            };
          }
          case DEATH_BEFORE, DEATH_AFTER, DEATH_LATE -> {
            if (fault == Fault.DEATH_AFTER) {
              perform(step, active, weather);
            } else if (fault == Fault.DEATH_LATE) {
              sendLate(step, active, weather);
            }
            active.deliveries.set(place.index(), delivery.dead());
            active.deaths++;
            if (active.deliveries.size() < DELIVERIES) {
              active.redeliverAt = Optional.of(clock.plus(REDELIVERY));
            }
            yield null;
          }
        };
    if (result != null) {
      set(place, delivery.sending(result));
    }
  }

  private void sendLate(Step step, Active active, Weather weather) {
    Duration delay = Duration.ofMillis(weather.choose((int) LATEST_CALL.toMillis()));
    late.add(new LateCall(clock.plus(delay), step, active.sent.request(), active.requestId));
  }

  private void carryOutLateCalls() {
    for (LateCall call : List.copyOf(late)) {
      if (!call.due().isAfter(clock)) {
        late.remove(call);
        trace(call.requestId(), call.step().shown() + " is carried out now");
        write(call.step(), call.by(), call.requestId());
      }
    }
  }

  /** A client that has repeated a Create can't tell who created the provider. */
  private static CallResult repeated(CallResult create) {
    return create.value() == Creation.EXISTED
        ? CallResult.value(Creation.UNKNOWN, create.at())
        : create;
  }

  private CallResult noResponse(Step step) {
    return step instanceof Step.Delete
        ? CallResult.value(Deletion.UNKNOWN, clock)
        : CallResult.noResponse(clock);
  }

  private CallResult perform(Step step, Active active, Weather weather) {
    CallResult result =
        switch (step) {
          case Step.Describe(String name) -> CallResult.value(describe(name), clock);
          case Step.Find(ProviderArn arn) ->
              CallResult.value(
                  iam.at(arn.toString(), weather.readAt(clock)).flatMap(SimulatedAccount::provider),
                  clock);
          case Step.ListAll() ->
              CallResult.value(
                  iam.list(() -> weather.readAt(clock)).stream()
                      .flatMap(arn -> ProviderArn.parse(arn).stream())
                      .toList(),
                  clock);
          case Step.ListStacks _ -> CallResult.value(observer.stacks(), clock);
          default -> write(step, active.sent.request(), active.requestId);
        };
    trace(
        active.requestId,
        "  = " + result.value() + result.failure().map(Object::toString).orElse(""));
    return result;
  }

  private CallResult write(Step step, Request by, String requestId) {
    NavigableMap<String, Entry> before = iam.all();
    CallResult result = SimulatedAccount.perform(step, iam.iam, clock);
    iam.recordWrite();
    observer.written(before, iam.all(), by, requestId);
    return result;
  }

  private void set(Place place, RequestDelivery delivery) {
    Active active = place.active();
    active.deliveries.set(place.index(), delivery);
    if (delivery.standing() instanceof Replay.Standing.At || delivery.crashed()) {
      return;
    }
    active.recordOutcome(delivery);
    if (active.doubled && active.deliveries.size() == 1) {
      active.deliver();
    }
  }

  /** What goes wrong with one call. */
  enum Fault {
    NONE(false),
    /** A policy denies the only attempt. */
    DENIED(false),
    /** The call is lost. */
    LOST_BEFORE(false),
    /** The response is lost. */
    LOST_AFTER(false),
    /** The call is carried out after the caller has given up. */
    LOST_LATE(false),
    /** The response of the first attempt is lost, and the second attempt is denied. */
    DENIED_AFTER_LOST(false),
    /** The response of the first attempt is lost, and the client repeats the call. */
    REPEATED(false),
    DEATH_BEFORE(true),
    DEATH_AFTER(true),
    DEATH_LATE(true);

    final boolean kills;

    Fault(boolean kills) {
      this.kills = kills;
    }
  }

  /** How reads lag. */
  enum Lag {
    NONE,
    SOMETIMES,
    RANDOM,
    ALWAYS
  }

  /**
   * What goes wrong, and which request goes on first.
   *
   * @param random a seed's choices
   * @param faults whether calls fail and invocations die
   * @param denials whether all calls are denied for a while
   * @param unstableClusters whether clusters are deleted and created while requests run
   * @param hostile whether somebody writes odd tags while requests run
   */
  record Weather(
      Random random,
      boolean faults,
      boolean denials,
      boolean unstableClusters,
      Lag lag,
      boolean hostile) {

    private static final int ONE_IN = 24;
    private static final List<Fault> ANY =
        List.of(
            Fault.DENIED,
            Fault.LOST_BEFORE,
            Fault.LOST_AFTER,
            Fault.LOST_LATE,
            Fault.DENIED_AFTER_LOST,
            Fault.REPEATED,
            Fault.REPEATED,
            Fault.DEATH_BEFORE,
            Fault.DEATH_AFTER,
            Fault.DEATH_LATE);

    /** The weather of a seed; of zero, nothing goes wrong. */
    static Weather of(int seed) {
      Random random = new Random(seed);
      random.nextInt();
      boolean faults = seed != 0 && random.nextInt(5) >= 2;
      boolean denials = faults && random.nextInt(8) == 0;
      boolean unstable = seed != 0 && random.nextInt(4) == 0;
      List<Lag> lags = List.of(Lag.NONE, Lag.NONE, Lag.SOMETIMES, Lag.RANDOM, Lag.ALWAYS);
      Lag lag = seed == 0 ? Lag.NONE : lags.get(random.nextInt(lags.size()));
      boolean hostile = seed % 5 == 1;
      return new Weather(random, faults, denials, unstable, lag, hostile);
    }

    int choose(int of) {
      return random.nextInt(of);
    }

    /** Not while the deliveries of one request can end differently: one fails, one succeeds. */
    boolean doubles() {
      return faults && !denials && !unstableClusters && random.nextInt(6) == 0;
    }

    boolean atOnce() {
      return random.nextBoolean();
    }

    boolean wakesEarly() {
      return random.nextInt(8) == 0;
    }

    boolean plants() {
      return hostile && random.nextInt(16) == 0;
    }

    boolean changesCluster() {
      return unstableClusters && random.nextInt(16) == 0;
    }

    void deniesAll(LifecycleRunner life) {
      if (!denials) {
        life.denyUntil(Instant.MIN, Instant.MIN);
        return;
      }
      Instant until = life.clock.plusSeconds(random.nextInt(180));
      int what = random.nextInt(3);
      life.denyUntil(what == 0 ? Instant.MIN : until, what == 1 ? Instant.MIN : until);
    }

    Instant readAt(Instant now) {
      return switch (lag) {
        case NONE -> now;
        case SOMETIMES -> random.nextInt(4) == 0 ? earlier(now) : now;
        case RANDOM -> earlier(now);
        case ALWAYS -> now.minus(MAX_LAG);
      };
    }

    private Instant earlier(Instant now) {
      return now.minusMillis(random.nextInt((int) MAX_LAG.toMillis() + 1));
    }

    private Fault fault(Active active, Step step) {
      if (!faults || step instanceof Step.Pause || random.nextInt(ONE_IN) != 0) {
        return Fault.NONE;
      }
      Fault fault = ANY.get(random.nextInt(ANY.size()));
      if (!(step instanceof Step.Delete)
          && (fault == Fault.LOST_LATE || fault == Fault.DEATH_LATE)) {
        return Fault.NONE;
      }
      if (step instanceof Step.Delete && fault == Fault.DENIED_AFTER_LOST) {
        return Fault.NONE; // A Delete is sent once.
      }
      // Known limits: two deliveries of one request that end differently; a Delete that cancels a
      // Create and fails, which is retried too late to tell the claim of the Create from a later
      // one.
      boolean onlyDeaths =
          active.doubled || SimulatedCloudFormation.cancelsCreate(active.sent.request());
      if (onlyDeaths && !fault.kills && fault != Fault.REPEATED) {
        return Fault.NONE;
      }
      // Known limit: a canceled Update that dies in each of its deliveries.
      boolean survives = onlyDeaths || active.sent.cancel().isPresent();
      boolean last = active.deliveries.size() >= DELIVERIES;
      return fault.kills && last && survives ? Fault.NONE : fault;
    }
  }
}
