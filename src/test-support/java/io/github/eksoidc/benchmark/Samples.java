package io.github.eksoidc.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was measured of one contender, in milliseconds and MB. */
final class Samples {

  private final List<Double> millis = new ArrayList<>();
  private double memory;
  private long swapped;

  void add(Duration time) {
    millis.add(time.toNanos() / 1e6);
    Collections.sort(millis);
  }

  void memory(double peak, long swappedKb) {
    memory = Math.max(memory, peak);
    swapped += swappedKb;
  }

  double median() {
    int half = millis.size() / 2;
    return millis.size() % 2 == 1
        ? millis.get(half)
        : (millis.get(half - 1) + millis.get(half)) / 2;
  }

  double least() {
    return millis.getFirst();
  }

  double most() {
    return millis.getLast();
  }

  double memory() {
    return memory;
  }

  long swapped() {
    return swapped;
  }
}
