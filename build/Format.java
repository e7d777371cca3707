import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format, whose command line takes no folders, on all sources: {@code check} fails
 * where one would change, anything else changes it.
 */
class Format {

  public static void main(String[] args) throws Exception {
    var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", args[0]));
    command.add("--skip-reflowing-long-strings");
    boolean check = args[1].equals("check");
    command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    for (String root : List.of("src", "build", "benchmark")) {
      try (var files = Files.walk(Path.of(root))) {
        files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
      }
    }
    int result = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (check && result != 0) {
      System.err.println("These differ. mvn process-sources -Dformat formats them.");
    }
    System.exit(result);
  }
}
