package io.github.eksoidc.harness;

import io.github.eksoidc.inmemory.InMemoryAws;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

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

  private final BlockingDeque<Environment> idle = new LinkedBlockingDeque<>();
  private final List<Environment> all = new ArrayList<>();

  /** Returns an environment that no other test uses; starts one if all are in use. */
  public Environment borrow() {
    Environment environment = idle.pollFirst();
    if (environment == null) {
      environment = Environment.start();
      synchronized (all) {
        all.add(environment);
      }
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
