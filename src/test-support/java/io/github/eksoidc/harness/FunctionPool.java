package io.github.eksoidc.harness;

import io.github.eksoidc.inmemory.InMemoryAws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Function processes that the tests of a JVM share, each with an account of its own. A function
 * handles one event at a time and starts in a second or two, so a test borrows one and returns it.
 */
public final class FunctionPool implements AutoCloseable {

  /**
   * An account and a function that runs in it.
   *
   * @param client sends events to the function
   */
  public record Environment(InMemoryAws aws, FunctionProcess function, FunctionClient client) {

    private static Environment start() {
      InMemoryAws aws = InMemoryAws.start();
      FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack());
      FunctionClient client = new FunctionClient(aws, function);
      // No test measures a cold start.
      client.send(TestEvents.create("warm-up", TestEvents.properties("ClusterName", "none")));
      return new Environment(aws, function, client);
    }

    private void stop() {
      function.close();
      aws.close();
    }
  }

  /** As many as processors: more starts at once take longer in all. */
  private static final int STARTS_AT_ONCE = 2;

  private static final Duration POLL = Duration.ofMillis(50);

  private final BlockingDeque<Environment> idle = new LinkedBlockingDeque<>();
  private final List<Environment> all = new ArrayList<>();
  private final Semaphore starts = new Semaphore(STARTS_AT_ONCE);

  /** Returns an environment that no other test uses; starts one if all are in use. */
  public Environment borrow() throws InterruptedException {
    while (true) {
      Environment environment = idle.pollFirst(POLL.toMillis(), TimeUnit.MILLISECONDS);
      if (environment != null) {
        return environment;
      }
      if (starts.tryAcquire()) {
        try {
          return startAnother();
        } finally {
          starts.release();
        }
      }
    }
  }

  private Environment startAnother() {
    Environment environment = Environment.start();
    synchronized (all) {
      all.add(environment);
    }
    return environment;
  }

  /** Takes an environment back. A function whose process has ended is not lent again. */
  public void giveBack(Environment environment) {
    if (environment.function().handle().isAlive()) {
      idle.addFirst(environment);
    }
  }

  @Override
  public void close() {
    synchronized (all) {
      all.parallelStream().forEach(Environment::stop);
    }
  }
}
