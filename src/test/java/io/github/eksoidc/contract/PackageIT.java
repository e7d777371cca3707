package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code target/function.zip} contains, beside code that runs. */
class PackageIT {

  private static final Path ZIP = Path.of("target", "function.zip");

  @Test
  void everyUserCanReadIt() throws IOException {
    try (FileSystem zip = open(ZIP)) {
      assertThat(modes(zip)).containsExactly("rw-r--r--", "rwxr-xr-x");
      Path jar = Files.createTempFile("dependencies", ".jar");
      Files.write(jar, Files.readAllBytes(zip.getPath("/lib/dependencies.jar")));
      try (FileSystem dependencies = open(jar)) {
        assertThat(modes(dependencies)).containsExactly("rw-r--r--", "rwxr-xr-x");
      } finally {
        Files.delete(jar);
      }
    }
  }

  @Test
  void scannersFindEveryLibrary() throws IOException {
    try (FileSystem zip = open(ZIP);
        FileSystem jar = FileSystems.newFileSystem(zip.getPath("/lib/dependencies.jar"))) {
      List<String> expected = new ArrayList<>();
      for (String library : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        if (library.endsWith(".jar")) {
          expected.addAll(descriptorsIfPackaged(Path.of(library), jar));
        }
      }
      assertThat(expected).hasSizeGreaterThan(30).allMatch(name -> Files.exists(jar.getPath(name)));
    }
  }

  /** The descriptors of a library, if the package has at least one of its classes. */
  private static List<String> descriptorsIfPackaged(Path library, FileSystem packaged)
      throws IOException {
    try (JarFile jar = new JarFile(library.toFile())) {
      List<String> names = jar.stream().map(JarEntry::getName).toList();
      boolean isPackaged =
          names.stream()
              .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
              .filter(name -> !name.equals("module-info.class"))
              .anyMatch(name -> Files.exists(packaged.getPath(name)));
      return isPackaged
          ? names.stream().filter(name -> name.matches("META-INF/maven/.*/pom.properties")).toList()
          : List.of();
    }
  }

  private static FileSystem open(Path zip) throws IOException {
    return FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
  }

  private static Set<String> modes(FileSystem zip) throws IOException {
    Set<String> modes = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(zip.getPath("/"))) {
      for (Path path : paths.filter(path -> path.getNameCount() > 0).toList()) {
        modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
    }
    return modes;
  }
}
