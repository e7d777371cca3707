package io.github.eksoidc.simulation;

import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.simulation.LifecycleRunner.RuleBrokenException;
import io.github.eksoidc.simulation.LifecycleRunner.Sent;
import io.github.eksoidc.simulation.LifecycleRunner.Weather;
import io.github.eksoidc.simulation.SimulatedCloudFormation.Cleanup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Random lives of several stacks that share clusters, with everything that can go wrong. */
final class RandomLifecycles {

  private static final int MAX_OPERATIONS = 16;
  private static final List<Cleanup> CLEANUPS = List.of(Cleanup.values());

  /** What happens to a stack, to a cluster, or to the account. */
  enum Kind {
    CREATE(8),
    CREATE_KEPT(6),
    RETRY(8),
    UPDATE(8),
    TRIGGERED(2),
    UPDATE_ROLLED_BACK(4),
    UPDATE_CANCELLED(5),
    DELETE(5),
    RELEASE(3),
    MISTAKEN_RELEASE(2),
    CLEAN_UP(2),
    CREATE_CANCELLED(2),
    RENAME(1),
    MOVE(1),
    FOREIGN_PROVIDER(2),
    REMOVED_BY_HAND(1),
    CLUSTER_DELETED(2),
    CLUSTER_CREATED(3),
    ODD_TAGS(2);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  /**
   * One operation.
   *
   * @param beside whether it begins together with the next, if that is of another stack
   * @param choice decides details, such as when a cleanup comes
   * @param weather what goes wrong, as a seed; 0 for nothing
   */
  record Operation(
      Kind kind,
      int stack,
      String cluster,
      List<String> audiences,
      Optional<String> onExisting,
      boolean byUrl,
      boolean beside,
      int choice,
      int weather) {}

  private long operations;

  /** How many operations were run. */
  long operations() {
    return operations;
  }

  /** The operations of a seed. */
  static List<Operation> operations(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int count = random.nextInt(2, MAX_OPERATIONS + 1);
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operations.add(operation(random));
    }
    return operations;
  }

  private static Operation operation(RandomGenerator random) {
    List<Kind> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.weight; i++) {
        kinds.add(kind);
      }
    }
    List<String> audiences = new ArrayList<>(List.of("x", "y", "z"));
    audiences.remove(random.nextInt(3));
    if (random.nextBoolean()) {
      audiences.remove(random.nextInt(2));
    }
    int existing = random.nextInt(8);
    return new Operation(
        kinds.get(random.nextInt(kinds.size())),
        random.nextInt(1, 4),
        random.nextInt(3) == 0 ? "b" : "a",
        audiences,
        existing == 0
            ? Optional.of("Fail")
            : existing == 1 ? Optional.of("TakeOver") : Optional.empty(),
        random.nextInt(6) == 0,
        random.nextBoolean(),
        random.nextInt(1000),
        random.nextInt(4) == 0 ? 0 : random.nextInt(1, 1_000_000));
  }

  /** Runs operations; returns the rule that they break. */
  Optional<String> run(List<Operation> operations, Optional<List<String>> trace) {
    LifecycleRunner life = new LifecycleRunner(trace);
    SimulatedCloudFormation stacks = new SimulatedCloudFormation(life);
    Operation at = null;
    try {
      for (int i = 0; i < operations.size(); i++) {
        Operation operation = operations.get(i);
        at = operation;
        trace.ifPresent(lines -> lines.add("-- " + operation));
        List<Sent> together = new ArrayList<>(begin(operation, life, stacks));
        boolean two =
            operation.beside()
                && i + 1 < operations.size()
                && operations.get(i + 1).stack() != operation.stack()
                && isOfOneStack(operation)
                && isOfOneStack(operations.get(i + 1));
        if (two) {
          together.addAll(begin(operations.get(++i), life, stacks));
        }
        Weather weather = Weather.of(operation.weather());
        life.run(together, weather);
        stacks.check();
        if (operation.kind() == Kind.UPDATE
            && !together.isEmpty()
            && !two
            && operation.onExisting().isEmpty()
            && weather.lag() == LifecycleRunner.Lag.NONE) {
          stacks.checkExact(resource(operation.stack(), "P"), properties(operation, life));
        }
        life.pass(Duration.ofSeconds(operation.weather() % 2 == 0 ? 2 : 1200));
        this.operations++;
      }
      at = null;
      trace.ifPresent(lines -> lines.add("-- end"));
      life.pass(Duration.ofMinutes(2));
      for (LogicalResource resource : stacks.withCleanups()) {
        life.run(stacks.cleanUps(resource), Weather.of(0));
        stacks.check();
      }
      for (LogicalResource resource : stacks.all()) {
        life.run(List.of(stacks.delete(resource)), Weather.of(0));
      }
      stacks.checkEnd();
      return Optional.empty();
    } catch (RuleBrokenException e) {
      return Optional.of(
          e.getMessage() + (at == null ? ", at the end" : ", in " + at.kind() + " or beside it"));
    }
  }

  /** Drops operations and weather as long as a rule is still broken. */
  List<Operation> shrink(List<Operation> broken) {
    List<Operation> smallest = broken;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = 0; i < smallest.size(); i++) {
        List<Operation> fewer = new ArrayList<>(smallest);
        fewer.remove(i);
        List<Operation> fairer = new ArrayList<>(smallest);
        Operation o = smallest.get(i);
        fairer.set(
            i,
            new Operation(
                o.kind(),
                o.stack(),
                o.cluster(),
                o.audiences(),
                o.onExisting(),
                o.byUrl(),
                o.beside(),
                o.choice(),
                0));
        if (run(fewer, Optional.empty()).isPresent()) {
          smallest = fewer;
          smaller = true;
          break;
        }
        if (o.weather() != 0 && run(fairer, Optional.empty()).isPresent()) {
          smallest = fairer;
          smaller = true;
          break;
        }
      }
    }
    return smallest;
  }

  private static boolean isOfOneStack(Operation operation) {
    return switch (operation.kind()) {
      case CREATE,
          CREATE_KEPT,
          RETRY,
          UPDATE,
          TRIGGERED,
          UPDATE_ROLLED_BACK,
          UPDATE_CANCELLED,
          DELETE,
          RELEASE,
          CLEAN_UP ->
          true;
      default -> false;
    };
  }

  private static List<Sent> begin(
      Operation operation, LifecycleRunner life, SimulatedCloudFormation stacks) {
    LogicalResource resource = resource(operation.stack(), "P");
    Map<String, Object> properties = properties(operation, life);
    boolean there = stacks.has(resource);
    boolean stable = stacks.isStable(resource);
    Cleanup cleanup = CLEANUPS.get(operation.choice() % CLEANUPS.size());
    return switch (operation.kind()) {
      case CREATE -> there ? List.of() : List.of(stacks.create(resource, properties, false));
      case CREATE_KEPT -> there ? List.of() : List.of(stacks.create(resource, properties, true));
      case RETRY ->
          !stacks.isFailed(resource)
              ? List.of()
              : operation.choice() % 3 == 0
                  ? List.of(stacks.updateFailed(resource, properties, cleanup))
                  : stacks.retryCreate(resource, properties, cleanup);
      case UPDATE -> stable ? List.of(stacks.update(resource, properties, false)) : List.of();
      case TRIGGERED -> {
        if (!stable) {
          yield List.of();
        }
        Map<String, Object> triggered = new LinkedHashMap<>(stacks.properties(resource));
        triggered.put("Trigger", "" + operation.choice());
        yield List.of(stacks.update(resource, triggered, operation.choice() % 4 == 0));
      }
      case UPDATE_ROLLED_BACK ->
          stable ? List.of(stacks.update(resource, properties, true)) : List.of();
      case UPDATE_CANCELLED ->
          stable
              ? List.of(stacks.canceledUpdate(resource, properties, operation.choice() % 14))
              : List.of();
      case DELETE -> there ? List.of(stacks.delete(resource)) : List.of();
      case RELEASE -> stable ? List.of(stacks.release(resource)) : List.of();
      case MISTAKEN_RELEASE -> {
        if (!stable) {
          yield List.of();
        }
        // Otherwise a claim is too new for a release.
        life.pass(Duration.ofMinutes(5).multipliedBy(operation.choice() % 3));
        boolean strips = operation.choice() % 2 == 0;
        if (strips) {
          stacks.stripClaims(resource);
          life.pass(Duration.ofSeconds(21));
        }
        yield List.of(stacks.mistakenRelease(resource, !strips));
      }
      case CLEAN_UP -> stacks.cleanUps(resource);
      case CREATE_CANCELLED -> there ? List.of() : stacks.canceledCreate(resource, properties);
      case RENAME -> anew(resource, resource(operation.stack(), "Q"), stacks);
      case MOVE -> anew(resource, resource(operation.stack() + 10, "P"), stacks);
      case FOREIGN_PROVIDER -> {
        stacks.foreignProvider(operation.cluster());
        yield List.of();
      }
      case REMOVED_BY_HAND -> {
        stacks.removeByHand(operation.cluster());
        // An Update that changes nothing reads once, so it may not see this for 20 seconds.
        life.pass(Duration.ofSeconds(21));
        yield List.of();
      }
      case ODD_TAGS -> {
        Random random = new Random(operation.choice());
        for (int i = 0; i <= operation.choice() % 3; i++) {
          life.plant(random);
        }
        yield List.of();
      }
      case CLUSTER_DELETED -> {
        if (operation.choice() % 2 == 0) {
          life.deleteCluster(operation.cluster());
        } else {
          life.forgetCluster(operation.cluster());
        }
        yield List.of();
      }
      case CLUSTER_CREATED -> {
        life.createCluster(operation.cluster());
        if (operation.choice() % 2 == 0) {
          life.pass(Duration.ofMinutes(5));
        }
        yield List.of();
      }
    };
  }

  /** The same resource under another name or in another stack: created there, then deleted here. */
  private static List<Sent> anew(
      LogicalResource from, LogicalResource to, SimulatedCloudFormation stacks) {
    if (!stacks.isStable(from) || stacks.has(to)) {
      return List.of();
    }
    Sent create = stacks.create(to, stacks.properties(from), false);
    return List.of(
        new Sent(
            create.request(),
            create.calm(),
            ended -> {
              List<Sent> next = create.then().apply(ended);
              return next.isEmpty() ? List.of(stacks.delete(from)) : next;
            }));
  }

  private static LogicalResource resource(int stack, String name) {
    return new LogicalResource(Scenario.resource("s" + stack).stackId(), name);
  }

  private static Map<String, Object> properties(Operation operation, LifecycleRunner life) {
    Map<String, Object> properties = new LinkedHashMap<>();
    if (operation.byUrl()) {
      properties.put(
          "Url",
          SimulatedAccount.issuer(operation.cluster(), life.generation(operation.cluster())).url());
    } else {
      properties.put("ClusterName", operation.cluster());
    }
    properties.put("ClientIdList", operation.audiences());
    properties.put("Tags", List.of(Map.of("Key", "team", "Value", "s" + operation.stack())));
    operation.onExisting().ifPresent(value -> properties.put("OnExisting", value));
    return properties;
  }
}
