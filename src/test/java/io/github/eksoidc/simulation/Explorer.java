package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.simulation.SimulationState.LateDeletion;
import io.github.eksoidc.simulation.SimulationState.Past;
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

/**
 * Goes through the orders in which the calls of a scenario's requests can come. A state in which
 * everybody has heard the same before is not gone through twice.
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
  private static final Duration LATEST_DELETION = Duration.ofMinutes(1);

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

  /**
   * @param history what the delivery has heard or, if it is over, how it ended
   */
  private record DeliveryKey(int history, boolean crashed, Instant wakeAt, int wakes) {}

  private record Key(
      int account,
      Instant clock,
      List<DeliveryKey> deliveries,
      int crashes,
      int lost,
      int stale,
      int past,
      Optional<LateDeletion> late,
      int mover) {}

  private final Scenario scenario;
  private final ScenarioRules rules;
  private final int mostStates;
  private final Map<Object, Integer> interned = new HashMap<>();

  /** The ids of large objects that many states share, so that each is hashed once. */
  private final IdentityHashMap<Object, Integer> shared = new IdentityHashMap<>();

  private final Map<Object, Object> instances = new HashMap<>();
  private final Set<Key> visited = new HashSet<>();
  private final NavigableMap<Integer, Deque<Node>> open = new TreeMap<>();
  private long ends;
  private String violation;

  private Explorer(Scenario scenario, int mostStates) {
    this.scenario = scenario;
    this.rules = new ScenarioRules(scenario);
    this.mostStates = mostStates;
  }

  /** Explores a scenario until a rule is broken, everything is seen, or so many states are. */
  static Found explore(Scenario scenario, int mostStates) {
    return new Explorer(scenario, mostStates).explore();
  }

  private Found explore() {
    push(new Node(SimulationState.of(scenario), null, "start", 0, 0));
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
      if (delivery.step().filter(Step.Describe.class::isInstance).isPresent()) {
        // Clusters do not change, so that all orders with this call lead to the same.
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
      if (delivery.isPausing()) {
        any |= wake(node, i, delivery);
      } else {
        any = true;
        act(node, i, delivery, delivery.step().orElseThrow());
      }
      crash(node, i, delivery);
    }
    if (world.late().isPresent() && !world.clock().isAfter(world.late().get().latest())) {
      carryOut(node, world.late().get());
    }
    return any;
  }

  private boolean wake(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    boolean early =
        !world.isQuiet()
            || world.deliveries().stream()
                .filter(RequestDelivery::isPausing)
                .anyMatch(other -> other.wakeAt().isBefore(delivery.wakeAt()));
    if (early && delivery.earlyWakes() >= scenario.earlyWakes) {
      return false;
    }
    Instant now = delivery.wakeAt().isAfter(world.clock()) ? delivery.wakeAt() : world.clock();
    go(
        node,
        i,
        delivery.id() + " wakes",
        world.at(now).with(i, delivery.wake(scenario.protocol, now, early)));
    return true;
  }

  private void describe(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    Step step = delivery.step().orElseThrow();
    CallResult heard =
        step instanceof Step.Describe(String name) && scenario.goneClusters.contains(name)
            ? CallResult.value(Optional.empty(), world.clock())
            : SimulatedAccount.perform(
                step, SimulatedAccount.at(world.iam(), world.clock()), world.clock());
    go(node, node.mover(), delivery.id() + " Describe", receiving(world, i, delivery, heard));
  }

  /**
   * The result of a call arrives at once: if it arrives later, that is as if the request waited.
   */
  private SimulationState receiving(
      SimulationState world, int i, RequestDelivery delivery, CallResult heard) {
    return world.with(i, delivery.sending(share(heard)).receive(scenario.protocol));
  }

  private void act(Node node, int i, RequestDelivery delivery, Step step) {
    SimulationState world = node.world();
    InMemoryIam iam = SimulatedAccount.at(world.iam(), world.clock());
    CallResult heard = SimulatedAccount.perform(step, iam, world.clock());
    acted(node, i, delivery, step.shown(), iam.snapshot(), heard, 0);
    if (world.lost() < scenario.lostAnswers) {
      switch (step) {
        case Step.Delete _ -> {
          CallResult unknown = CallResult.value(Deletion.UNKNOWN, world.clock());
          acted(node, i, delivery, "Delete, answer lost", iam.snapshot(), unknown, 1);
          acted(node, i, delivery, "Delete, call lost", world.iam(), unknown, 1);
          go(
              node,
              i,
              delivery.id() + " Delete, to be carried out later",
              receiving(
                  world
                      .counting(0, 1, 0)
                      .late(
                          Optional.of(
                              new LateDeletion(step, i, world.clock().plus(LATEST_DELETION)))),
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
                "Create, answer lost",
                iam.snapshot(),
                CallResult.value(Creation.UNKNOWN, world.clock()),
                1);
        default -> {}
      }
    }
    if ((step instanceof Step.Find || step instanceof Step.ListAll)
        && world.stale() < scenario.staleReads) {
      Set<CallResult> seen = new HashSet<>(Set.of(heard));
      for (Past past : world.past()) {
        CallResult old =
            SimulatedAccount.perform(
                step, SimulatedAccount.at(past.iam(), world.clock()), world.clock());
        if (!past.until().isBefore(world.clock().minus(MAX_LAG)) && seen.add(old)) {
          go(
              node,
              i,
              delivery.id() + " " + step.shown() + ", stale",
              receiving(world.counting(0, 0, 1), i, delivery, old));
        }
      }
    }
  }

  private void carryOut(Node node, LateDeletion late) {
    SimulationState world = node.world();
    InMemoryIam iam = SimulatedAccount.at(world.iam(), world.clock());
    SimulatedAccount.perform(late.step(), iam, world.clock());
    RequestDelivery sender = world.deliveries().get(late.sender());
    SimulationState next =
        world.account(share(iam.snapshot()), scenario.staleReads > 0).late(Optional.empty());
    String label = sender.id() + "'s late deletion is carried out";
    Optional<String> broken = rules.ofStep(world, iam.snapshot(), sender);
    if (broken.isPresent()) {
      report(new Node(next, node, label, node.mover(), 0), broken.get());
    } else {
      go(node, node.mover(), label, next);
    }
  }

  private void acted(
      Node node,
      int i,
      RequestDelivery delivery,
      String move,
      InMemoryIam.Snapshot after,
      CallResult heard,
      int lost) {
    SimulationState world = node.world();
    Optional<String> broken = rules.ofStep(world, after, delivery);
    String label = delivery.id() + " " + move;
    SimulationState called =
        world.account(share(after), scenario.staleReads > 0).counting(0, lost, 0);
    SimulationState next = receiving(called, i, delivery, heard);
    if (broken.isPresent()) {
      report(new Node(next, node, label, i, 0), broken.get());
      return;
    }
    go(node, i, label, next);
    if (next.deliveries().get(i).isOver() && mayCrash(world, delivery)) {
      crash(node, i, label + ", and dies without a response", called, delivery);
    }
  }

  private void crash(Node node, int i, RequestDelivery delivery) {
    if (mayCrash(node.world(), delivery)) {
      crash(node, i, delivery.id() + " dies, and is delivered again", node.world(), delivery);
    }
  }

  private boolean mayCrash(SimulationState world, RequestDelivery delivery) {
    return world.crashes() < scenario.crashes && scenario.mayCrash.contains(delivery.index());
  }

  private void crash(
      Node node, int i, String move, SimulationState world, RequestDelivery delivery) {
    RequestDelivery again = scenario.begin(delivery.index(), delivery.id() + "x", world.clock());
    go(node, i, move, world.counting(1, 0, 0).with(i, delivery.dead()).plus(again));
  }

  private void go(Node from, int mover, String move, SimulationState world) {
    boolean interrupts = mover != from.mover() && from.world().canGoOn(from.mover());
    push(new Node(world, from, move, mover, from.interruptions() + (interrupts ? 1 : 0)));
  }

  private void push(Node node) {
    if (violation != null || !visited.add(key(node.world(), node.mover()))) {
      return;
    }
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
              .with(which, delivery.dead())
              .plus(scenario.begin(delivery.index(), delivery.id() + "r", later.clock()));
    }
    go(node, node.mover(), "later, what failed is tried again", later);
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
  private Key key(SimulationState world, int mover) {
    List<DeliveryKey> deliveries = new ArrayList<>();
    for (RequestDelivery delivery : world.deliveries()) {
      deliveries.add(key(delivery));
    }
    return new Key(
        intern(world.iam()),
        world.clock(),
        deliveries,
        world.crashes(),
        world.lost(),
        world.stale(),
        scenario.staleReads > 0 ? intern(recent(world)) : 0,
        world.late(),
        scenario.requests.size() + scenario.crashes > 2 ? mover : 0);
  }

  private DeliveryKey key(RequestDelivery delivery) {
    if (delivery.isOver()) {
      // What it has heard makes no difference any more.
      Object end = delivery.crashed() ? "" : delivery.standing();
      return new DeliveryKey(
          intern(List.of(delivery.id(), end)), delivery.crashed(), Instant.MIN, 0);
    }
    int history = intern(List.of(delivery.id(), delivery.start()));
    for (CallResult heard : delivery.heard()) {
      history = intern(((long) history << 32) + intern(heard));
    }
    return new DeliveryKey(history, false, delivery.wakeAt(), delivery.earlyWakes());
  }

  /** The earlier states that reads can still show. */
  private List<Object> recent(SimulationState world) {
    return world.past().stream()
        .filter(past -> !past.until().isBefore(world.clock().minus(MAX_LAG)))
        .<Object>map(past -> List.of(past.until(), intern(past.iam())))
        .toList();
  }

  private int intern(Object value) {
    Integer id = shared.get(value);
    return id != null ? id : interned.computeIfAbsent(value, _ -> interned.size());
  }

  /** The one instance of equal objects, whose id is found without hashing it. */
  @SuppressWarnings("unchecked")
  private <T> T share(T value) {
    T instance = (T) instances.computeIfAbsent(value, v -> v);
    shared.computeIfAbsent(instance, v -> interned.computeIfAbsent(v, _ -> interned.size()));
    return instance;
  }
}
