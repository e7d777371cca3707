package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.Inventory.Page;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Makes the audit's AWS calls: several at a time, and each service's below its rate. AWS publishes
 * no rates for these calls. The SDK's retries handle calls that AWS throttles.
 */
final class Calls implements AutoCloseable {

  private static final int IAM_PER_SECOND = 19;

  private static final int EKS_PER_SECOND = 8;
  private static final int CLOUDFORMATION_PER_SECOND = 14;

  /** A call takes up to half a second, so this many at a time reach the rates. */
  private static final int THREADS = 24;

  private final RequestContext context;
  private final Pacer iam;
  private final Pacer eks;
  private final Pacer cloudFormation;
  private final ExecutorService background;

  Calls(RequestContext context) {
    this.context = requireNonNull(context, "context is null");
    iam = new Pacer(context, IAM_PER_SECOND);
    eks = new Pacer(context, EKS_PER_SECOND);
    cloudFormation = new Pacer(context, CLOUDFORMATION_PER_SECOND);
    background = Executors.newCachedThreadPool(Calls::thread);
  }

  private static Thread thread(Runnable task) {
    return Thread.ofPlatform().daemon().name("audit").unstarted(task);
  }

  <T> T iam(Supplier<T> call) {
    iam.pause();
    return call.get();
  }

  <T> T eks(Supplier<T> call) {
    eks.pause();
    return call.get();
  }

  /** Reads a list of EKS, page by page. */
  <T> Listing<T> eksList(Function<Optional<String>, Page<T>> page) {
    return list(eks, page, _ -> true);
  }

  /**
   * Reads a list of CloudFormation, page by page.
   *
   * @param isKept which members are kept in memory
   */
  <T> Listing<T> cloudFormationList(Function<Optional<String>, Page<T>> page, Predicate<T> isKept) {
    return list(cloudFormation, page, isKept);
  }

  private <T> Listing<T> list(
      Pacer pacer, Function<Optional<String>, Page<T>> page, Predicate<T> isKept) {
    Instant at = context.now();
    List<T> members = new ArrayList<>();
    try {
      Optional<String> from = Optional.empty();
      do {
        pacer.pause();
        Page<T> read = page.apply(from);
        read.members().stream().filter(isKept).forEach(members::add);
        from = read.next();
      } while (from.isPresent());
      return new Listing<>(at, members, Optional.empty());
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException e) {
      return new Listing<>(at, members, Optional.of(e));
    }
  }

  /** Starts something that waits for calls of its own. */
  <T> Future<T> start(Callable<T> task) {
    return background.submit(task);
  }

  /** Starts something that waits for calls of its own. */
  Future<?> start(Runnable task) {
    return background.submit(task);
  }

  /**
   * Applies a call to each key, several at a time, and returns the results in the keys' order. The
   * threads are its own: a call may wait for other calls.
   */
  <K, V> Map<K, V> all(Collection<K> keys, Function<K, V> call) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS, Calls::thread);
    try {
      Map<K, Future<V>> pending = new LinkedHashMap<>();
      keys.forEach(key -> pending.put(key, threads.submit(() -> call.apply(key))));
      Map<K, V> results = new LinkedHashMap<>();
      pending.forEach((key, future) -> results.put(key, await(future)));
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Waits for a result and throws what the task threw. */
  static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineExceededException("The function reached its deadline during the audit.");
    }
  }

  @Override
  public void close() {
    background.shutdownNow();
  }
}
