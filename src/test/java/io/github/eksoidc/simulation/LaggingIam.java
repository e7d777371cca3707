package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * An IAM whose reads may show a provider as it was. Writes are exact. A read shows one provider as
 * it was at one moment; a later read may show an earlier moment.
 */
final class LaggingIam {

  /** The state of a provider from a moment on; empty if it did not exist. */
  private record Version(Instant from, Optional<Entry> entry) {}

  final InMemoryIam iam;
  private final InstantSource clock;
  private final Map<String, List<Version>> history = new HashMap<>();

  LaggingIam(InstantSource clock) {
    this.clock = clock;
    this.iam = new InMemoryIam("aws", "111122223333", clock);
  }

  NavigableMap<String, Entry> all() {
    return iam.all();
  }

  /** Keeps the states that a write has changed. */
  void recordWrite() {
    NavigableMap<String, Entry> all = iam.all();
    Set<String> arns = new TreeSet<>(all.keySet());
    arns.addAll(history.keySet());
    for (String arn : arns) {
      Optional<Entry> is = Optional.ofNullable(all.get(arn));
      List<Version> versions = history.computeIfAbsent(arn, _ -> new ArrayList<>());
      Optional<Entry> was = versions.isEmpty() ? Optional.empty() : versions.getLast().entry();
      if (!was.equals(is)) {
        versions.add(new Version(clock.instant(), is));
      }
    }
  }

  /** A provider as it was at a moment. */
  Optional<Entry> at(String arn, Instant moment) {
    Optional<Entry> found = Optional.empty();
    for (Version version : history.getOrDefault(arn, List.of())) {
      if (version.from().isAfter(moment)) {
        break;
      }
      found = version.entry();
    }
    return found;
  }

  /** The ARNs of the providers, of each at a moment of its own. */
  List<String> list(Supplier<Instant> moment) {
    return new TreeSet<>(history.keySet())
        .stream().filter(arn -> at(arn, moment.get()).isPresent()).toList();
  }
}
