package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.simulation.SimulationState.LateDeletion;
import io.github.eksoidc.simulation.SimulationState.Past;
import java.nio.IntBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Goes through the orders in which the calls of a scenario's requests can come. A state in which
 * everybody {@link Knowledge knows} the same as in an earlier one is not gone through twice.
 *
 * <p>Orders in which requests seldom interrupt each other come first, and depth first among those
 * that do it as often: most mistakes need few interruptions (M. Musuvathi and S. Qadeer, "Iterative
 * context bounding", 2007), and a search that is cut has then seen <em>all</em> orders with up to
 * so many.
 */
final class Explorer {

  /** After so long everything that a dead request left behind counts as dead. */
  private static final Duration UNTIL_RETRY = Duration.ofMinutes(17);

  private static final Duration MAX_LAG = Duration.ofSeconds(20);

  /** So long a call takes at the most: the client gives up, and IAM has carried it out. */
  private static final Duration LONGEST_CALL = Duration.ofMinutes(1);

  /** Of so many deliveries that know the same as another, one is checked to act the same. */
  private static final int CHECKED_MERGE = 200;

  /**
   * What an exploration found.
   *
   * @param interruptions all orders with so many interruptions were seen; -1 for not even those
   *     with none
   */
  record Found(
      int states, long ends, boolean complete, int interruptions, Optional<String> violation) {

    /** How much was seen, for people. */
    String extent() {
      return complete ? "all orders" : "all with up to %d interruptions".formatted(interruptions);
    }
  }

  /**
   * A state and how it came about.
   *
   * @param mover who made the last move
   * @param interruptions how often somebody else went on although the mover could have
   */
  private record Node(
      SimulationState world, Node parent, String move, int mover, int interruptions) {}

  /** A call on an account at a time. */
  private record Call(int account, Step step, Instant at) {}

  /** What a call gives, and the account after it. */
  private record Called(InMemoryIam.Snapshot after, CallResult heard) {}

  /** A delivery that hears something. */
  private record Hearing(int delivery, int result, boolean early) {}

  private record DeliveryKey(
      String id, Instant start, Object next, List<Object> knows, int wakes, boolean crashed) {}

  private final Scenario scenario;
  private final ScenarioRules rules;

  /** Whether states count as different if somebody else made the last move. */
  private boolean countsInterruptions;

  /** The one instance of equal values, so that each is hashed once. */
  private final Map<Object, Object> instances = new HashMap<>();

  private final IdentityHashMap<Object, Integer> ids = new IdentityHashMap<>();

  private final Map<Call, Called> calls = new HashMap<>();
  private final Map<Hearing, RequestDelivery> hearings = new HashMap<>();
  private final Map<DeliveryKey, RequestDelivery> deliveries = new HashMap<>();
  private final Set<IntBuffer> visited = new HashSet<>();
  private final NavigableMap<Integer, Deque<Node>> open = new TreeMap<>();
  private long ends;
  private long merged;
  private String violation;

  private Explorer(Scenario scenario) {
    this.scenario = scenario;
    this.rules = new ScenarioRules(scenario);
  }

  /** Explores a scenario until a rule is broken, everything is seen, or so many states are. */
  static Found explore(Scenario scenario, int mostStates) {
    return explore(scenario, mostStates, 0);
  }

  /**
   * Explores a scenario. If not everything is seen, explores it again in the order of
   * interruptions.
   *
   * @param mostStates after which the first search ends
   * @param mostOrdered after which the second search ends; zero for only the second search, with
   *     the other limit
   */
  static Found explore(Scenario scenario, int mostStates, int mostOrdered) {
    Explorer explorer = new Explorer(scenario);
    explorer.countsInterruptions =
        mostOrdered == 0 && scenario.requests.size() + scenario.crashes > 2;
    Found found = explorer.explore(mostStates);
    if (found.complete() || found.violation().isPresent() || mostOrdered == 0) {
      return found;
    }
    explorer.visited.clear();
    explorer.open.clear();
    explorer.countsInterruptions = true;
    Found ordered = explorer.explore(mostOrdered);
    return new Found(
        found.states() + ordered.states(),
        found.ends() + ordered.ends(),
        ordered.complete(),
        ordered.interruptions(),
        ordered.violation());
  }

  private Found explore(int mostStates) {
    ends = 0;
    SimulationState start = SimulationState.of(scenario);
    for (int i = 0; i < start.deliveries().size(); i++) {
      start = start.with(i, canonical(start.deliveries().get(i), start.iam()));
    }
    push(start.account(share(start.iam()), false), null, () -> "start", 0, 0);
    int interruptions = 0;
    while (!open.isEmpty() && violation == null && visited.size() < mostStates) {
      Map.Entry<Integer, Deque<Node>> fewest = open.firstEntry();
      interruptions = fewest.getKey();
      Node node = fewest.getValue().pop();
      if (fewest.getValue().isEmpty()) {
        open.remove(interruptions);
      }
      if (!moves(node)) {
        end(node);
      }
    }
    return new Found(
        visited.size(), ends, open.isEmpty(), interruptions - 1, Optional.ofNullable(violation));
  }

  private boolean moves(Node node) {
    SimulationState world = node.world();
    for (int i = 0; i < world.deliveries().size(); i++) {
      RequestDelivery delivery = world.deliveries().get(i);
      if (!delivery.isToCome()
          && delivery.step().filter(Explorer::isOfWhatDoesNotChange).isPresent()) {
        // All orders with this call lead to the same.
        describe(node, i, delivery);
        return true;
      }
    }
    boolean any = false;
    for (int i = 0; i < world.deliveries().size(); i++) {
      RequestDelivery delivery = world.deliveries().get(i);
      if (delivery.isOver()) {
        continue;
      }
      if (delivery.isToCome()) {
        any |= come(node, i, delivery);
        continue;
      }
      if (delivery.isPausing()) {
        any |= wake(node, i, delivery);
      } else {
        any = true;
        act(node, i, delivery, delivery.step().orElseThrow());
      }
      crash(node, i, delivery);
    }
    if (world.late().isPresent() && world.clock().isBefore(world.late().get().latest())) {
      carryOut(node, world.late().get());
    }
    return any;
  }

  private boolean come(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    if (!world.isQuiet()) {
      return false;
    }
    RequestDelivery begun = scenario.begin(delivery.index(), delivery.id(), world.clock());
    go(node, i, () -> delivery.id() + " comes", world.with(i, canonical(begun, world.iam())));
    return true;
  }

  private boolean wake(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    boolean early =
        !world.isQuiet()
            || world.deliveries().stream()
                .filter(RequestDelivery::isPausing)
                .anyMatch(other -> due(other).isBefore(due(delivery)));
    if (early && delivery.earlyWakes() >= scenario.earlyWakes) {
      return false;
    }
    Instant due = due(delivery);
    Instant now = due.isAfter(world.clock()) ? due : world.clock();
    if (world.deliveries().stream()
        .anyMatch(
            other ->
                !other.isOver()
                    && !other.isToCome()
                    && due(other).plus(LONGEST_CALL).isBefore(now))) {
      return false;
    }
    go(
        node,
        i,
        () -> delivery.id() + " wakes",
        world.at(now).with(i, hearing(delivery, CallResult.value("woke", now), early, world)));
    return true;
  }

  private void describe(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    Step step = delivery.step().orElseThrow();
    CallResult heard = call(world.iam(), step, world.clock()).heard();
    go(
        node,
        node.mover(),
        () -> delivery.id() + " " + step.shown(),
        receiving(world, i, delivery, heard));
  }

  /** A scenario has no other clusters and stacks in the meantime. */
  private static boolean isOfWhatDoesNotChange(Step step) {
    return step instanceof Step.Describe || step instanceof Step.ListStacks;
  }

  /**
   * The result of a call arrives at once: if it arrives later, that is as if the request waited.
   */
  private SimulationState receiving(
      SimulationState world, int i, RequestDelivery delivery, CallResult heard) {
    return world.with(i, hearing(delivery, heard, false, world));
  }

  /** A delivery after it has heard something; the same instance for all that know the same. */
  private RequestDelivery hearing(
      RequestDelivery delivery, CallResult result, boolean early, SimulationState world) {
    CallResult heard = share(result);
    Hearing key = new Hearing(ids.get(delivery), ids.get(heard), early);
    RequestDelivery next = hearings.get(key);
    if (next == null) {
      next = canonical(delivery.hearing(heard, scenario.protocol, early), world.iam());
      hearings.put(key, next);
    }
    return next;
  }

  private RequestDelivery canonical(RequestDelivery delivery, InMemoryIam.Snapshot account) {
    // What it has heard makes no difference any more when it is over.
    DeliveryKey key =
        delivery.isOver()
            ? new DeliveryKey(
                delivery.id(),
                Instant.MIN,
                delivery.crashed() ? "" : delivery.standing(),
                List.of(),
                0,
                delivery.crashed())
            : new DeliveryKey(
                delivery.id(),
                delivery.start(),
                next(delivery),
                delivery.knows(),
                delivery.earlyWakes(),
                false);
    RequestDelivery first = deliveries.putIfAbsent(key, delivery);
    if (first == null) {
      ids.put(delivery, ids.size());
      return delivery;
    }
    if (!first.isOver() && merged++ % CHECKED_MERGE == 0) {
      checkMerge(first, delivery, account);
    }
    return first;
  }

  private Object next(RequestDelivery delivery) {
    return !scenario.tick.isZero()
        ? delivery.isPausing() ? due(delivery) : delivery.standing()
        : List.of(delivery.standing(), delivery.pauses());
  }

  /** When a pause ends: where time passes in steps, with the first one that is late enough. */
  private Instant due(RequestDelivery delivery) {
    if (scenario.tick.isZero()) {
      return delivery.wakeAt();
    }
    Duration passed = Duration.between(Scenario.START, delivery.wakeAt());
    long ticks = passed.plus(scenario.tick).minusNanos(1).dividedBy(scenario.tick);
    return Scenario.START.plus(scenario.tick.multipliedBy(ticks));
  }

  /** Two that know the same go on in the same way. */
  private void checkMerge(
      RequestDelivery first, RequestDelivery second, InMemoryIam.Snapshot account) {
    List<Object> one = alone(first, account);
    List<Object> other = alone(second, account);
    if (!one.equals(other)) {
      violation =
          "%s: two states of %s are not the same:%n%s%n%s%n%s%n%s"
              .formatted(scenario.name, first.id(), first.heard(), one, second.heard(), other);
    }
  }

  /** What a delivery would do if all others rested. */
  private List<Object> alone(RequestDelivery delivery, InMemoryIam.Snapshot account) {
    List<Object> did = new ArrayList<>();
    InMemoryIam.Snapshot at = account;
    RequestDelivery next = delivery;
    Instant now = delivery.now();
    while (!next.isOver()) {
      Step step = next.step().orElseThrow();
      did.add(step instanceof Step.Pause ? due(next) : step);
      CallResult heard;
      if (step instanceof Step.Pause) {
        now = due(next);
        heard = CallResult.value("woke", now);
      } else {
        Called called = performed(at, step, now);
        at = called.after();
        heard = called.heard();
      }
      next = next.hearing(heard, scenario.protocol, false);
    }
    did.add(next.standing());
    return did;
  }

  private Called call(InMemoryIam.Snapshot account, Step step, Instant now) {
    return calls.computeIfAbsent(
        new Call(id(account), step, now), _ -> performed(account, step, now));
  }

  private Called performed(InMemoryIam.Snapshot account, Step step, Instant now) {
    if (step instanceof Step.Describe(String name) && scenario.goneClusters.contains(name)) {
      return new Called(account, share(CallResult.value(Optional.empty(), now)));
    }
    InMemoryIam iam = SimulatedAccount.at(account, now);
    CallResult heard = SimulatedAccount.perform(step, iam, now);
    return new Called(share(iam.snapshot()), share(heard));
  }

  private void act(Node node, int i, RequestDelivery delivery, Step step) {
    SimulationState world = node.world();
    Called called = call(world.iam(), step, world.clock());
    CallResult heard = called.heard();
    InMemoryIam.Snapshot after = called.after();
    acted(node, i, delivery, step::shown, after, heard, 0);
    if (world.lost() < scenario.lostAnswers) {
      switch (step) {
        case Step.Delete _ -> {
          CallResult unknown = CallResult.value(Deletion.UNKNOWN, world.clock());
          acted(node, i, delivery, () -> "Delete, answer lost", after, unknown, 1);
          acted(node, i, delivery, () -> "Delete, call lost", world.iam(), unknown, 1);
          go(
              node,
              i,
              () -> delivery.id() + " Delete, to be carried out later",
              receiving(
                  world
                      .counting(0, 1, 0)
                      .late(
                          Optional.of(new LateDeletion(step, i, world.clock().plus(LONGEST_CALL)))),
                  i,
                  delivery,
                  unknown));
        }
        // The client repeats it by itself, and then hears that there is one.
        case Step.Create _ ->
            acted(
                node,
                i,
                delivery,
                () -> "Create, answer lost",
                after,
                CallResult.value(Creation.UNKNOWN, world.clock()),
                1);
        default -> {}
      }
    }
    if ((step instanceof Step.Find || step instanceof Step.ListAll)
        && world.stale() < scenario.staleReads) {
      Set<CallResult> seen = new HashSet<>(Set.of(heard));
      for (Past past : world.past()) {
        if (!isShown(past, world)) {
          continue;
        }
        CallResult old = call(past.iam(), step, world.clock()).heard();
        if (seen.add(old)) {
          go(
              node,
              i,
              () -> delivery.id() + " " + step.shown() + ", stale",
              receiving(world.counting(0, 0, 1), i, delivery, old));
        }
      }
    }
  }

  private void carryOut(Node node, LateDeletion late) {
    SimulationState world = node.world();
    InMemoryIam.Snapshot after = call(world.iam(), late.step(), world.clock()).after();
    RequestDelivery sender = world.deliveries().get(late.sender());
    SimulationState next = world.account(after, scenario.staleReads > 0).late(Optional.empty());
    Supplier<String> label = () -> sender.id() + "'s late deletion is carried out";
    Optional<String> broken = rules.ofStep(world, after, sender);
    if (broken.isPresent()) {
      report(new Node(next, node, label.get(), node.mover(), 0), broken.get());
    } else {
      go(node, node.mover(), label, next);
    }
  }

  private void acted(
      Node node,
      int i,
      RequestDelivery delivery,
      Supplier<String> move,
      InMemoryIam.Snapshot after,
      CallResult heard,
      int lost) {
    SimulationState world = node.world();
    Optional<String> broken =
        after.equals(world.iam()) ? Optional.empty() : rules.ofStep(world, after, delivery);
    Supplier<String> label = () -> delivery.id() + " " + move.get();
    SimulationState called = world.account(after, scenario.staleReads > 0).counting(0, lost, 0);
    SimulationState next = receiving(called, i, delivery, heard);
    if (broken.isPresent()) {
      report(new Node(next, node, label.get(), i, 0), broken.get());
      return;
    }
    go(node, i, label, next);
    if (next.deliveries().get(i).isOver() && mayCrash(world, delivery)) {
      crash(node, i, () -> label.get() + ", and dies without a response", called, delivery);
    }
  }

  private void crash(Node node, int i, RequestDelivery delivery) {
    if (mayCrash(node.world(), delivery)) {
      crash(node, i, () -> delivery.id() + " dies, and is delivered again", node.world(), delivery);
    }
  }

  private boolean mayCrash(SimulationState world, RequestDelivery delivery) {
    return world.crashes() < scenario.crashes && scenario.mayCrash.contains(delivery.index());
  }

  private void crash(
      Node node, int i, Supplier<String> move, SimulationState world, RequestDelivery delivery) {
    go(
        node,
        i,
        move,
        world
            .counting(1, 0, 0)
            .with(i, canonical(delivery.dead(), world.iam()))
            .plus(begin(delivery, "x", world)));
  }

  private RequestDelivery begin(RequestDelivery before, String suffix, SimulationState world) {
    return canonical(
        scenario.begin(before.index(), before.id() + suffix, world.clock()), world.iam());
  }

  private void go(Node from, int mover, Supplier<String> move, SimulationState world) {
    boolean interrupts = mover != from.mover() && from.world().canGoOn(from.mover());
    push(world, from, move, mover, from.interruptions() + (interrupts ? 1 : 0));
  }

  private void push(
      SimulationState world, Node from, Supplier<String> move, int mover, int interruptions) {
    if (violation != null || !visited.add(key(world, mover))) {
      return;
    }
    Node node = new Node(world, from, move.get(), mover, interruptions);
    Optional<String> broken = rules.ofState(node.world());
    if (broken.isPresent()) {
      report(node, broken.get());
    } else {
      open.computeIfAbsent(node.interruptions(), _ -> new ArrayDeque<>()).push(node);
    }
  }

  private void end(Node node) {
    SimulationState world = node.world();
    List<RequestDelivery> failed = new ArrayList<>();
    for (RequestDelivery delivery : world.deliveries()) {
      if (delivery.standing() instanceof Replay.Standing.FailedWith
          && !delivery.crashed()
          && !scenario.mayFail.contains(delivery.index())) {
        failed.add(delivery);
      }
    }
    if (!failed.isEmpty()) {
      retry(node, failed);
      return;
    }
    ends++;
    rules.ofEnd(world).ifPresent(broken -> report(node, broken));
  }

  /** Only after a crash may a request fail, and then it succeeds when it is tried again later. */
  private void retry(Node node, List<RequestDelivery> failed) {
    SimulationState world = node.world();
    if (world.retried() || world.crashes() == 0) {
      report(node, "rule 9: a request failed: " + failed.getFirst().standing());
      return;
    }
    SimulationState later = world.at(world.clock().plus(UNTIL_RETRY)).asRetried();
    for (RequestDelivery delivery : failed) {
      int which = later.deliveries().indexOf(delivery);
      later =
          later
              .with(which, canonical(delivery.dead(), later.iam()))
              .plus(begin(delivery, "r", later));
    }
    go(node, node.mover(), () -> "later, what failed is tried again", later);
  }

  private void report(Node node, String broken) {
    Deque<String> trace = new ArrayDeque<>();
    for (Node at = node; at != null; at = at.parent()) {
      trace.push(at.move());
    }
    violation = scenario.name + ": " + broken + "\n  " + String.join("\n  ", trace);
  }

  /**
   * What makes two states the same. Who moved last counts where the search may be cut: it decides
   * which orders have how many interruptions.
   */
  private IntBuffer key(SimulationState world, int mover) {
    Duration passed = Duration.between(Scenario.START, world.clock());
    IntBuffer key = IntBuffer.allocate(10 + world.deliveries().size());
    key.put(ids.get(world.iam())).put((int) passed.toSeconds()).put(passed.toNanosPart());
    key.put(world.crashes()).put(world.lost()).put(world.stale());
    key.put(scenario.staleReads > 0 ? id(recent(world)) : 0);
    key.put(world.late().isPresent() ? id(world.late()) : 0);
    key.put(countsInterruptions ? mover : 0);
    key.put(world.retried() ? 1 : 0);
    world.deliveries().forEach(delivery -> key.put(ids.get(delivery)));
    return key.flip();
  }

  /** The earlier states that reads can still show. */
  private List<Object> recent(SimulationState world) {
    return world.past().stream()
        .filter(past -> isShown(past, world))
        .<Object>map(past -> List.of(past.until(), id(past.iam())))
        .toList();
  }

  private static boolean isShown(Past past, SimulationState world) {
    return past.until().isAfter(world.clock().minus(MAX_LAG));
  }

  private int id(Object value) {
    return ids.get(share(value));
  }

  /** The one instance of equal values. */
  @SuppressWarnings("unchecked")
  private <T> T share(T value) {
    if (ids.containsKey(value)) {
      return value;
    }
    T instance = (T) instances.computeIfAbsent(value, v -> v);
    ids.computeIfAbsent(instance, _ -> ids.size());
    return instance;
  }
}
