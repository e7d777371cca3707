package io.github.eksoidc.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which calls fail, by action and count. */
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

  /** Lets the next calls of an action fail. */
  public void next(String action, int times, Fault fault) {
    after(action, 0, times, fault);
  }

  /** Lets calls of an action fail after some that don't. */
  public synchronized void after(String action, int skip, int times, Fault fault) {
    rules.add(new Rule(action, fault, skip, times));
  }

  public synchronized void clear() {
    rules.clear();
  }

  synchronized Optional<Fault> of(String action) {
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
