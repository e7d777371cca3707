package io.github.eksoidc.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The measurements of one candidate, in milliseconds and MB. */
final class Samples {

  private final List<Double> inits = new ArrayList<>();
  private final List<Double> invokes = new ArrayList<>();
  private final List<Double> sums = new ArrayList<>();
  private double peakMemory;
  private long swapped;

  void add(Duration init, Duration invoke) {
    inits.add(millis(init));
    invokes.add(millis(invoke));
    sums.add(millis(init.plus(invoke)));
  }

  void memory(double peak, long swappedKb) {
    peakMemory = Math.max(peakMemory, peak);
    swapped += swappedKb;
  }

  double init() {
    return median(inits);
  }

  double invoke() {
    return median(invokes);
  }

  double sum() {
    return median(sums);
  }

  double min() {
    return sums.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  double max() {
    return sums.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  double peakMemory() {
    return peakMemory;
  }

  long swapped() {
    return swapped;
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
