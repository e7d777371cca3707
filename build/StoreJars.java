import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes each jar of a folder once more with its entries stored, not compressed: Lambda unpacks
 * function.zip, which is compressed itself, before a start, and classes then load without being
 * inflated. The same jars give the same bytes.
 */
class StoreJars {

  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[0]);
    Path to = Path.of(args[1]);
    Files.createDirectories(to);
    try (var old = Files.list(to)) {
      for (Path jar : old.toList()) {
        Files.delete(jar);
      }
    }
    try (var jars = Files.list(from)) {
      for (Path jar : jars.sorted().toList()) {
        store(jar, to.resolve(jar.getFileName()));
      }
    }
  }

  private static void store(Path from, Path to) throws IOException {
    try (JarFile jar = new JarFile(from.toFile());
        OutputStream file = Files.newOutputStream(to);
        ZipOutputStream out = new ZipOutputStream(file)) {
      List<JarEntry> entries = new ArrayList<>(jar.stream().toList());
      entries.sort(Comparator.comparing(entry -> !entry.getName().equals(JarFile.MANIFEST_NAME)));
      for (JarEntry entry : entries) {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(bytes.length);
        stored.setCrc(crc.getValue());
        // The local time of no time zone.
        stored.setTimeLocal(java.time.LocalDateTime.of(2026, 1, 1, 0, 0));
        out.putNextEntry(stored);
        out.write(bytes);
        out.closeEntry();
      }
    }
  }
}
