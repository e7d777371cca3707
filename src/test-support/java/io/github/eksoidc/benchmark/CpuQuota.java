package io.github.eksoidc.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits processes to a share of a processor with control groups, version 1 or 2. It needs the
 * right to create them, as root has.
 */
final class CpuQuota {

  /** By default short, so that even an invocation of some milliseconds is throttled. */
  private static final int PERIOD_MICROS = Integer.getInteger("period.millis", 20) * 1_000;

  private static final Path MOUNT = Path.of("/sys/fs/cgroup");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path parent;
  private final boolean unified;

  private CpuQuota(Path parent, boolean unified) {
    this.parent = parent;
    this.unified = unified;
  }

  /** Finds where this process can create control groups; empty if it can't. */
  static Optional<CpuQuota> find() {
    List<CpuQuota> candidates = new ArrayList<>();
    for (String line : lines(Path.of("/proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      Path own = Path.of("/").relativize(Path.of(parts[2]));
      if (parts[1].isEmpty()) {
        // Version 2 allows groups below a group without processes: that is some parent.
        for (Path path = own; path != null; path = path.getParent()) {
          candidates.add(new CpuQuota(MOUNT.resolve(path), true));
        }
        candidates.add(new CpuQuota(MOUNT, true));
      } else if (List.of(parts[1].split(",")).contains("cpu")) {
        candidates.add(new CpuQuota(MOUNT.resolve(parts[1]).resolve(own), false));
      }
    }
    return candidates.stream().filter(CpuQuota::works).findFirst();
  }

  private boolean works() {
    try {
      if (unified) {
        Files.writeString(parent.resolve("cgroup.subtree_control"), "+cpu");
      }
      remove(create(1));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Limits a process from now on. Returns what removes the limit's group after its end. */
  Runnable limit(long pid, double processors) {
    try {
      Path group = create(processors);
      Files.writeString(group.resolve("cgroup.procs"), String.valueOf(pid));
      return () -> remove(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path create(double processors) throws IOException {
    Path group =
        parent.resolve(
            "benchmark-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    Files.createDirectory(group);
    int quota = (int) (PERIOD_MICROS * processors);
    if (unified) {
      Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
      // Other processes of the machine should not take from the share.
      Files.writeString(group.resolve("cpu.weight"), "10000");
    } else {
      Files.writeString(group.resolve("cpu.cfs_period_us"), String.valueOf(PERIOD_MICROS));
      Files.writeString(group.resolve("cpu.cfs_quota_us"), String.valueOf(quota));
      Files.writeString(group.resolve("cpu.shares"), "262144");
    }
    return group;
  }

  private static void remove(Path group) {
    try {
      Files.delete(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public String toString() {
    return "cgroup v" + (unified ? 2 : 1) + ", period " + PERIOD_MICROS / 1000 + " ms";
  }
}
