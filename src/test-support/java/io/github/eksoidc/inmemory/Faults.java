package io.github.eksoidc.inmemory;

import java.util.ArrayList;
import java.util.List;
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
  private double perSecond;
  private double tokens;
  private long refilled;
  private int oneIn;
  private int count;

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
    perSecond = 0;
    oneIn = 0;
  }

  /** Makes IAM throttle calls above a rate, and fail one call in so many with an internal error. */
  public synchronized void pressIam(int callsPerSecond, int oneInSoMany) {
    perSecond = callsPerSecond;
    tokens = callsPerSecond;
    refilled = System.nanoTime();
    oneIn = oneInSoMany;
  }

  private Optional<Fault> pressure() {
    long now = System.nanoTime();
    tokens = Math.min(perSecond, tokens + (now - refilled) / 1e9 * perSecond);
    refilled = now;
    if (tokens < 1) {
      return Optional.of(new Fault.ErrorResponse(400, "Throttling"));
    }
    tokens--;
    return ++count % oneIn == 0
        ? Optional.of(new Fault.ErrorResponse(500, "ServiceFailure"))
        : Optional.empty();
  }

  /** Returns how many calls are still to fail. */
  public synchronized int pending() {
    return rules.stream().mapToInt(rule -> rule.times).sum();
  }

  synchronized Optional<Fault> of(String action) {
    if (perSecond > 0 && action.startsWith("iam:")) {
      Optional<Fault> pressure = pressure();
      if (pressure.isPresent()) {
        return pressure;
      }
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
