package io.github.eksoidc.inmemory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides which calls fail, by action and count. */
public final class Faults {

  private static final class Rule {
    private final String action;
    private final Fault fault;
    private int skip;
    private int times;

    Rule(String action, Fault fault, int skip, int times) {
      this.action = action;
      this.fault = fault;
      this.skip = skip;
      this.times = times;
    }
  }

  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, Bucket> buckets = new HashMap<>();

  /** A token bucket, which holds the calls of one second. */
  private static final class Bucket {
    private final int perSecond;
    private double tokens;
    private long refilled = System.nanoTime();

    Bucket(int perSecond) {
      this.perSecond = perSecond;
      this.tokens = perSecond;
    }

    boolean take() {
      long now = System.nanoTime();
      tokens = Math.min(perSecond, tokens + (now - refilled) / 1e9 * perSecond);
      refilled = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  /** Makes the next calls of an action fail. */
  public void next(String action, int times, Fault fault) {
    after(action, 0, times, fault);
  }

  /** Makes calls of an action fail after some successful ones. */
  public synchronized void after(String action, int skip, int times, Fault fault) {
    rules.add(new Rule(action, fault, skip, times));
  }

  public synchronized void clear() {
    rules.clear();
    buckets.clear();
  }

  /**
   * Makes a service throttle calls above a rate.
   *
   * @param service as in actions, such as {@code eks}
   */
  public synchronized void throttle(String service, int callsPerSecond) {
    buckets.put(service, new Bucket(callsPerSecond));
  }

  /** Returns how many calls are still to fail. */
  public synchronized int pending() {
    return rules.stream().mapToInt(rule -> rule.times).sum();
  }

  synchronized Optional<Fault> of(String action) {
    Bucket bucket = buckets.get(action.substring(0, action.indexOf(':')));
    if (bucket != null && !bucket.take()) {
      return Optional.of(
          new Fault.ErrorResponse(
              action.startsWith("eks:") ? 429 : 400,
              action.startsWith("eks:") ? "ThrottlingException" : "Throttling"));
    }
    for (Rule rule : rules) {
      if (rule.action.equals(action) && rule.times > 0) {
        if (rule.skip > 0) {
          rule.skip--;
          continue;
        }
        rule.times--;
        return Optional.of(rule.fault);
      }
    }
    return Optional.empty();
  }
}
