package io.github.eksoidc.benchmark;

import java.util.Locale;
import java.util.SequencedMap;

/** A bar chart of medians: the init phase, and the invocation beside it. */
final class Chart {

  /** The name that begins the names of the function's own bars. */
  static final String FUNCTION = "this function";

  private static final int WIDTH = 760;
  private static final int LEFT = 280;
  private static final int ROW = 30;
  private static final int TOP = 44;

  private final SequencedMap<String, Samples> results;

  Chart(SequencedMap<String, Samples> results) {
    this.results = results;
  }

  String svg() {
    double max = results.values().stream().mapToDouble(Samples::sum).max().orElse(1);
    double scale = (WIDTH - LEFT - 120) / max;
    int height = TOP + results.size() * ROW + 12;
    StringBuilder svg =
        new StringBuilder(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" \
            height="%2$d" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">
            <rect width="100%%" height="100%%" fill="#ffffff"/>
            <text x="12" y="24" font-size="15">Cold start at 512 MB, medians in ms: init phase \
            (light) + first invocation (dark)</text>
            """
                .formatted(WIDTH, height));
    int y = TOP;
    for (var result : results.entrySet()) {
      svg.append(bar(result.getKey(), result.getValue(), y, scale));
      y += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  private static String bar(String name, Samples samples, int y, double scale) {
    boolean own = name.startsWith(FUNCTION);
    double init = samples.init() * scale;
    double invoke = Math.max(1, samples.invoke() * scale);
    return String.format(
        Locale.ROOT,
        """
        <text x="%1$d" y="%2$d" text-anchor="end">%3$s</text>
        <rect x="%4$d" y="%5$d" width="%6$.1f" height="18" fill="%7$s"/>
        <rect x="%8$.1f" y="%5$d" width="%9$.1f" height="18" fill="%10$s"/>
        <text x="%11$.1f" y="%2$d">%12$.0f + %13$.0f</text>
        """,
        LEFT - 10,
        y + 15,
        name,
        LEFT,
        y + 1,
        init,
        own ? "#7cc4ae" : "#d0d7de",
        LEFT + init,
        invoke,
        own ? "#1a7f64" : "#8c959f",
        LEFT + init + invoke + 8,
        samples.init(),
        samples.invoke());
  }
}
