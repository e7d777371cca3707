package io.github.eksoidc.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Unpacks the package as Lambda does. */
public final class FunctionZip {

  private static final Map<Path, Path> UNPACKED = new ConcurrentHashMap<>();

  private FunctionZip() {}

  /** Unpacks the package of {@code mvn package} and returns the folder. */
  public static Path unpack() {
    return unpack(Path.of("target", "function.zip"));
  }

  /** Returns a copy that the caller may change. */
  public static Path unpackCopy(String name) {
    try {
      Path copy = Files.createTempDirectory(unpack().getParent(), "function-" + name + "-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(copy)));
      try (var files = Files.walk(unpack())) {
        for (Path file : files.filter(file -> !file.equals(unpack())).toList()) {
          Files.copy(file, copy.resolve(unpack().relativize(file).toString()));
        }
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unpacks a package into a folder beside it, once in each process. */
  public static Path unpack(Path zip) {
    return UNPACKED.computeIfAbsent(zip.toAbsolutePath().normalize(), FunctionZip::unpackAnew);
  }

  private static Path unpackAnew(Path zip) {
    try {
      // Each process has its own folder.
      Path folder = Files.createTempDirectory(zip.getParent(), "function-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(folder)));
      try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          Path target = folder.resolve(entry.getName()).normalize();
          if (!target.startsWith(folder)) {
            throw new IOException("An entry leads out of the package: " + entry.getName());
          }
          if (entry.isDirectory()) {
            Files.createDirectories(target);
          } else {
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteQuietly(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      // It stays in target/, which a clean build removes.
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
