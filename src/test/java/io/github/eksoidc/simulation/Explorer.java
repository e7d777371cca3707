package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.provider.Providers.Deletion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
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

  private record DeliveryKey(
      int history, boolean arriving, int arrivingId, boolean crashed, Instant wakeAt, int wakes) {}

  private record Key(
      int account,
      Instant clock,
      List<DeliveryKey> deliveries,
      int crashes,
      int lost,
      int stale,
      int mover) {}

  private final Scenario scenario;
  private final ContractRules rules;
  private final int mostStates;
  private final Map<Object, Integer> interned = new HashMap<>();
  private final Set<Key> visited = new HashSet<>();
  private final NavigableMap<Integer, Deque<Node>> open = new TreeMap<>();
  private long ends;
  private String violation;

  private Explorer(Scenario scenario, int mostStates) {
    this.scenario = scenario;
    this.rules = new ContractRules(scenario);
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
    boolean any = false;
    for (int i = 0; i < world.deliveries().size(); i++) {
      RequestDelivery delivery = world.deliveries().get(i);
      if (delivery.isOver()) {
        continue;
      }
      if (delivery.arriving().isPresent()) {
        any = true;
        go(node, i, delivery.id() + " hears", world.with(i, delivery.receive(scenario)));
      } else if (delivery.isPausing()) {
        any |= wake(node, i, delivery);
      } else {
        any = true;
        act(node, i, delivery, delivery.step().orElseThrow());
      }
      crash(node, i, delivery);
    }
    return any;
  }

  private boolean wake(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    boolean quiet = world.isQuiet();
    boolean first =
        world.deliveries().stream()
            .filter(RequestDelivery::isPausing)
            .noneMatch(other -> other.wakeAt().isBefore(delivery.wakeAt()));
    if (quiet ? !first : delivery.earlyWakes() >= scenario.earlyWakes) {
      return false;
    }
    Instant now = delivery.wakeAt().isAfter(world.clock()) ? delivery.wakeAt() : world.clock();
    go(
        node,
        i,
        delivery.id() + " wakes",
        world.at(now).with(i, delivery.wake(scenario, now, !quiet)));
    return true;
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
        }
        // The client repeats it by itself, and then hears that there is one.
        case Step.Create _ ->
            acted(
                node,
                i,
                delivery,
                "Create, answer lost",
                iam.snapshot(),
                CallResult.value(false, world.clock()),
                1);
        default -> {}
      }
    }
    if (step instanceof Step.Find && world.stale() < scenario.staleReads) {
      for (InMemoryIam.Snapshot past : world.past()) {
        CallResult old =
            SimulatedAccount.perform(step, SimulatedAccount.at(past, world.clock()), world.clock());
        if (!old.equals(heard)) {
          go(
              node,
              i,
              delivery.id() + " Get, stale",
              world.counting(0, 0, 1).with(i, delivery.sending(old)));
        }
      }
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
    SimulationState next =
        world
            .account(after, scenario.staleReads > 0)
            .counting(0, lost, 0)
            .with(i, delivery.sending(heard));
    if (broken.isPresent()) {
      report(new Node(next, node, label, i, 0), broken.get());
    } else {
      go(node, i, label, next);
    }
  }

  private void crash(Node node, int i, RequestDelivery delivery) {
    SimulationState world = node.world();
    if (world.crashes() >= scenario.crashes || !scenario.mayCrash.contains(delivery.index())) {
      return;
    }
    RequestDelivery again =
        RequestDelivery.begin(scenario, delivery.index(), delivery.id() + "x", world.clock());
    go(
        node,
        i,
        delivery.id() + " dies, and is delivered again",
        world.counting(1, 0, 0).with(i, delivery.dead()).plus(again));
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
    if (!failed.isEmpty() && scenario.staleReads == 0) {
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
      report(node, "a request failed: " + failed.getFirst().standing());
      return;
    }
    SimulationState later = world.at(world.clock().plus(UNTIL_RETRY)).asRetried();
    for (RequestDelivery delivery : failed) {
      int which = later.deliveries().indexOf(delivery);
      later =
          later
              .with(which, delivery.dead())
              .plus(
                  RequestDelivery.begin(
                      scenario, delivery.index(), delivery.id() + "r", later.clock()));
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
      int history = intern(List.of(delivery.id(), delivery.start()));
      for (CallResult heard : delivery.heard()) {
        history = intern(List.of(history, heard));
      }
      deliveries.add(
          new DeliveryKey(
              history,
              delivery.arriving().isPresent(),
              delivery.arriving().map(this::intern).orElse(0),
              delivery.crashed(),
              delivery.wakeAt(),
              delivery.earlyWakes()));
    }
    return new Key(
        intern(world.iam()),
        world.clock(),
        deliveries,
        world.crashes(),
        world.lost(),
        world.stale() * 1000 + intern(world.past()) % 1000,
        scenario.requests.size() + scenario.crashes > 2 ? mover : 0);
  }

  private int intern(Object value) {
    return interned.computeIfAbsent(value, _ -> interned.size());
  }
}
