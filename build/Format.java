import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or applies google-java-format: {@code check} fails the build where a source differs,
 * {@code apply} writes it.
 */
class Format {

  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    var formatter = new Formatter();
    List<Path> different = new ArrayList<>();
    for (String root : List.of("src", "build", "benchmark")) {
      if (!Files.isDirectory(Path.of(root))) {
        continue;
      }
      try (var files = Files.walk(Path.of(root))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          String source = Files.readString(file);
          String imports = RemoveUnusedImports.removeUnusedImports(source);
          String ordered = ImportOrderer.reorderImports(imports, JavaFormatterOptions.Style.GOOGLE);
          String formatted = formatter.formatSource(ordered);
          if (!formatted.equals(source)) {
            different.add(file);
            if (apply) {
              Files.writeString(file, formatted);
            }
          }
        }
      }
    }
    if (!apply && !different.isEmpty()) {
      different.forEach(file -> System.err.println("not formatted: " + file));
      System.err.println("mvn process-sources -Dformat formats them.");
      System.exit(1);
    }
  }
}
