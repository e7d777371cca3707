package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.resource.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * One account over a long time: requests are delivered to the real lifecycle, one at a time or
 * several at once, and everything that can befall them befalls them, as a seed has it.
 */
final class LifecycleRunner {

  /** How often Lambda delivers an event whose invocation died. */
  private static final int DELIVERIES = 3;

  private static final Duration ONE_CALL = Duration.ofMillis(80);

  /** How a request ended, as CloudFormation learns of it. */
  sealed interface Outcome {
    record Succeeded(String physicalId) implements Outcome {}

    record Failed(String physicalId, String reason) implements Outcome {}

    /** No answer came in an hour. */
    record Silence() implements Outcome {}
  }

  /**
   * A request on its way, and what CloudFormation does when it is answered.
   *
   * @param calm whether nothing goes wrong with it
   * @param then the next request, if there is one
   */
  record Sent(Request request, boolean calm, Function<Outcome, Optional<Sent>> then) {}

  /** A request and its deliveries. */
  private final class Active {
    private final Sent sent;
    private final List<RequestDelivery> deliveries = new ArrayList<>();
    private final boolean doubled;
    private Outcome first;
    private int deaths;

    Active(Sent sent, Weather weather) {
      this.sent = sent;
      this.doubled = !sent.calm() && weather.doubles();
      deliveries.add(begin("a"));
      if (doubled && weather.atOnce()) {
        deliveries.add(begin("b"));
      }
    }

    private RequestDelivery begin(String how) {
      return RequestDelivery.begin(LIVES, sent.request(), how + Long.toHexString(++count), clock);
    }

    private boolean isOver() {
      return deliveries.stream().allMatch(RequestDelivery::isOver);
    }
  }

  /** Nothing is broken on purpose. */
  private static final Scenario LIVES = new Scenario("long lives");

  final InMemoryIam iam;
  final Set<String> goneClusters = new HashSet<>();
  private Instant clock = Scenario.START;
  private long count;

  LifecycleRunner() {
    iam = new InMemoryIam("aws", "111122223333", () -> clock);
  }

  void pass(Duration time) {
    clock = clock.plus(time);
  }

  /** Has requests handled at the same time, and all that follow from them, until none is left. */
  void play(List<Sent> together, Weather weather) {
    List<Active> active = new ArrayList<>();
    List<Sent> later = new ArrayList<>();
    together.forEach(sent -> active.add(new Active(sent, weather)));
    while (!active.isEmpty() || !later.isEmpty()) {
      for (Active one : List.copyOf(active)) {
        if (one.isOver()) {
          active.remove(one);
          Optional<Sent> next = one.sent.then().apply(outcome(one));
          next.ifPresent(
              sent -> {
                if (sent.calm()) {
                  later.add(sent);
                } else {
                  active.add(new Active(sent, weather));
                }
              });
        }
      }
      if (active.isEmpty()) {
        // A person tries again, later than whatever a dead request left behind lives.
        pass(Duration.ofMinutes(17));
        later.forEach(sent -> active.add(new Active(sent, weather)));
        later.clear();
      } else {
        move(active, weather);
      }
    }
  }

  private static Outcome outcome(Active one) {
    return one.first == null ? new Outcome.Silence() : one.first;
  }

  private void move(List<Active> active, Weather weather) {
    record Place(Active active, int index) {}
    List<Place> ready = new ArrayList<>();
    List<Place> pausing = new ArrayList<>();
    for (Active one : active) {
      for (int i = 0; i < one.deliveries.size(); i++) {
        if (!one.deliveries.get(i).isOver()) {
          (one.deliveries.get(i).isPausing() ? pausing : ready).add(new Place(one, i));
        }
      }
    }
    if (!ready.isEmpty() && (pausing.isEmpty() || !weather.wakesEarly())) {
      Place place = ready.get(weather.choose(ready.size()));
      goOn(place.active(), place.index(), weather);
    } else {
      Place next = pausing.getFirst();
      for (Place place : pausing) {
        if (delivery(place.active(), place.index())
            .wakeAt()
            .isBefore(delivery(next.active(), next.index()).wakeAt())) {
          next = place;
        }
      }
      RequestDelivery sleeper = delivery(next.active(), next.index());
      clock = sleeper.wakeAt().isAfter(clock) ? sleeper.wakeAt() : clock;
      set(next.active(), next.index(), sleeper.wake(LIVES, clock, false));
    }
  }

  private static RequestDelivery delivery(Active active, int index) {
    return active.deliveries.get(index);
  }

  private void goOn(Active active, int index, Weather weather) {
    RequestDelivery delivery = delivery(active, index);
    if (delivery.arriving().isPresent()) {
      set(active, index, delivery.receive(LIVES));
      return;
    }
    clock = clock.plus(ONE_CALL);
    Step step = delivery.step().orElseThrow();
    // Of two deliveries at once neither fails by itself: see the known limits in README.md.
    Trouble trouble =
        active.sent.calm() ? Trouble.NONE : weather.trouble(active.doubled, active.deaths);
    switch (trouble) {
      case DEATH_BEFORE -> die(active, index, delivery);
      case DEATH_AFTER -> {
        perform(step);
        die(active, index, delivery);
      }
      case THROTTLED -> set(active, index, delivery.sending(failure(step, "Throttling", false)));
      case RESET_AFTER -> {
        perform(step);
        set(active, index, delivery.sending(failure(step, "connection reset", true)));
      }
      case REPEATED -> {
        // The client hears nothing, and sends it once more by itself: a Delete it never does.
        CallResult heard = perform(step);
        CallResult again =
            step instanceof Step.Delete ? CallResult.value(Deletion.UNKNOWN, clock) : perform(step);
        set(active, index, delivery.sending(step instanceof Step.Find ? heard : again));
      }
      case NONE -> set(active, index, delivery.sending(perform(step)));
    }
  }

  /** What the lifecycle hears when a call has failed for good. */
  private CallResult failure(Step step, String code, boolean done) {
    if (step instanceof Step.Delete) {
      return CallResult.value(Deletion.UNKNOWN, clock);
    }
    return CallResult.failure(code + (done ? " after it was done" : ""), clock);
  }

  private CallResult perform(Step step) {
    if (step instanceof Step.Describe(String name) && goneClusters.contains(name)) {
      return CallResult.value(Optional.empty(), clock);
    }
    return SimulatedAccount.perform(step, iam, clock);
  }

  private void die(Active active, int index, RequestDelivery delivery) {
    active.deliveries.set(index, delivery.dead());
    active.deaths++;
    if (active.deliveries.size() < DELIVERIES) {
      clock = clock.plus(Duration.ofMinutes(1));
      active.deliveries.add(active.begin("x"));
    }
  }

  private void set(Active active, int index, RequestDelivery delivery) {
    active.deliveries.set(index, delivery);
    if (delivery.standing() instanceof Replay.Standing.At || delivery.crashed()) {
      return;
    }
    if (active.first == null) {
      active.first =
          switch (delivery.standing()) {
            case Replay.Standing.Succeeded(var result) ->
                new Outcome.Succeeded(result.physicalId());
            case Replay.Standing.FailedWith(String reason, String id) ->
                new Outcome.Failed(id, reason);
            case Replay.Standing.At _ -> throw new IllegalStateException();
          };
    }
    if (active.doubled && active.deliveries.size() == 1) {
      active.deliveries.add(active.begin("b"));
    }
  }

  /** What befalls one call. */
  enum Trouble {
    NONE,
    THROTTLED,
    RESET_AFTER,
    REPEATED,
    DEATH_BEFORE,
    DEATH_AFTER
  }

  /**
   * What goes wrong, and who goes on first.
   *
   * @param random a seed's choices
   * @param fair whether nothing goes wrong
   */
  record Weather(Random random, boolean fair) {

    private static final int ONE_IN = 24;
    private static final List<Trouble> SOME =
        List.of(
            Trouble.THROTTLED,
            Trouble.RESET_AFTER,
            Trouble.REPEATED,
            Trouble.DEATH_BEFORE,
            Trouble.DEATH_AFTER);

    static Weather of(int seed) {
      return new Weather(new Random(seed), seed == 0);
    }

    int choose(int of) {
      return random.nextInt(of);
    }

    boolean doubles() {
      return !fair && random.nextInt(6) == 0;
    }

    boolean atOnce() {
      return random.nextBoolean();
    }

    boolean wakesEarly() {
      return random.nextInt(8) == 0;
    }

    Trouble trouble(boolean onlyDeaths, int deaths) {
      if (fair || random.nextInt(ONE_IN) != 0) {
        return Trouble.NONE;
      }
      Trouble trouble = SOME.get(random.nextInt(SOME.size()));
      boolean dies = trouble == Trouble.DEATH_BEFORE || trouble == Trouble.DEATH_AFTER;
      return (onlyDeaths && !dies) || (dies && deaths >= DELIVERIES) ? Trouble.NONE : trouble;
    }
  }
}
