package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.simulation.RandomLifecycles.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Random lives of several stacks that share clusters, with everything that can go wrong. The lives
 * come from seeds. One that breaks a rule is shrunk to fewer operations and faults, and printed
 * with its steps.
 */
class RandomLifecyclesTest {

  private static final int LIVES = TestSize.of(100, 12_000);

  @Test
  void theRulesHold() {
    RandomLifecycles lives = new RandomLifecycles();
    for (int seed = 1; seed <= LIVES; seed++) {
      List<Operation> operations = RandomLifecycles.operations(seed);
      Optional<String> broken = lives.run(operations, Optional.empty());
      if (broken.isPresent()) {
        List<Operation> shrunk = lives.shrink(operations);
        List<String> steps = new ArrayList<>();
        Optional<String> same = lives.run(shrunk, Optional.of(steps));
        assertThat(same)
            .as("seed %d: %s%n%s", seed, broken.get(), String.join("\n", steps))
            .isEmpty();
      }
    }
    System.out.printf("Long lives: %,d sequences, %,d operations%n", LIVES, lives.operations());
  }
}
