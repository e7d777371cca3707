import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints line and branch coverage for each package from JaCoCo's CSV report. */
class Coverage {

  public static void main(String[] args) throws Exception {
    Path report = Path.of(args[0]);
    if (!Files.exists(report)) {
      return;
    }
    Map<String, long[]> packages = new TreeMap<>();
    long[] total = new long[4];
    for (String row : Files.readAllLines(report).subList(1, Files.readAllLines(report).size())) {
      String[] cell = row.split(",");
      long[] sums = packages.computeIfAbsent(cell[1], _ -> new long[4]);
      for (int i = 0; i < 4; i++) {
        long count = Long.parseLong(cell[5 + i]);
        sums[i] += count;
        total[i] += count;
      }
    }
    System.out.println("Coverage               lines  branches");
    packages.forEach((name, sums) -> print(name.substring(name.lastIndexOf('.') + 1), sums));
    print("all", total);
  }

  private static void print(String name, long[] sums) {
    System.out.printf(
        Locale.ROOT, "  %-18s %6.1f%% %8.1f%%%n", name, share(sums, 2), share(sums, 0));
  }

  private static double share(long[] sums, int missed) {
    long all = sums[missed] + sums[missed + 1];
    return all == 0 ? 100 : 100.0 * sums[missed + 1] / all;
  }
}
