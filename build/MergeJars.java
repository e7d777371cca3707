import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes one jar of all jars of a folder, with its entries stored, not compressed. Lambda unpacks
 * function.zip, which is compressed itself, before a start: so classes load without being inflated,
 * and are looked for in one place.
 *
 * <p>Lists of services are put together. Licences and notices are kept under the name of their jar.
 * Any other name that two jars have is an error. The same jars give the same bytes.
 */
class MergeJars {

  private static final LocalDateTime NO_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  public static void main(String[] args) throws IOException {
    Map<String, byte[]> merged = new TreeMap<>();
    try (var jars = Files.list(Path.of(args[0]))) {
      for (Path jar : jars.sorted().toList()) {
        add(jar, merged);
      }
    }
    Path target = Path.of(args[1]);
    Files.createDirectories(target.getParent());
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (var entry : merged.entrySet()) {
        write(entry.getKey(), entry.getValue(), out);
      }
    }
  }

  private static void add(Path from, Map<String, byte[]> merged) throws IOException {
    String name = from.getFileName().toString().replace(".jar", "");
    try (JarFile jar = new JarFile(from.toFile())) {
      for (var entry : jar.stream().filter(entry -> !entry.isDirectory()).toList()) {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        switch (entry.getName()) {
          // Of jars as such, and of versions of Java that this is not loaded as.
          case JarFile.MANIFEST_NAME, "module-info.class" -> {}
          case String versions when versions.startsWith("META-INF/versions/") -> {}
          case String services when services.startsWith("META-INF/services/") ->
              merged.merge(services, bytes, MergeJars::lines);
          case String legal when legal.matches("META-INF/[A-Z]+[^/]*") ->
              merged.put("META-INF/legal/" + name + legal.substring("META-INF".length()), bytes);
          case String other -> {
            if (merged.put(other, bytes) != null) {
              throw new IOException(other + " is in " + name + " and in another jar");
            }
          }
        }
      }
    }
  }

  private static byte[] lines(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.write('\n');
    both.writeBytes(other);
    return both.toByteArray();
  }

  private static void write(String name, byte[] bytes, ZipOutputStream out) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(NO_TIME);
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
