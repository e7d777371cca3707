package io.github.eksoidc.localrun;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Draws which stacks claim a provider after each event, and how long the provider exists. */
final class SharingPicture {

  private static final int LEFT = 190;
  private static final int COLUMN = 96;
  private static final int ROW = 34;
  private static final int TOP = 62;
  private static final String CLAIM = "#7cc4ae";
  private static final String PROVIDER = "#1a7f64";

  private final List<EventResult> events;
  private final StringBuilder svg = new StringBuilder();

  private SharingPicture(List<EventResult> events) {
    this.events = events;
  }

  /** Returns an SVG of the events that concern providers. */
  static String of(List<EventResult> results) {
    return new SharingPicture(
            results.stream()
                .filter(event -> event.result().physicalId().contains(":oidc-provider/"))
                .toList())
        .draw();
  }

  private String draw() {
    SequencedSet<String> stacks =
        events.stream()
            .map(EventResult::stack)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    int width = LEFT + events.size() * COLUMN + 12;
    int height = TOP + (stacks.size() + 1) * ROW + 8;
    add(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
        font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">
        <title>Two stacks share a provider, which is deleted with the last of them</title>
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        """,
        width, height);
    for (int i = 0; i < events.size(); i++) {
      int x = LEFT + i * COLUMN;
      add(
          """
          <text x="%1$d" y="22">%2$d. %3$s</text>
          <text x="%1$d" y="40" font-size="11" fill="#59636e">%4$s</text>
          <line x1="%1$d" y1="50" x2="%1$d" y2="%5$d" stroke="#d0d7de"/>
          """,
          x, i + 1, events.get(i).requestType(), events.get(i).stack(), height - 8);
    }
    int y = TOP;
    for (String stack : stacks) {
      lane(stack + " claims it", y, CLAIM, event -> event.claimingStacks().contains(stack));
      y += ROW;
    }
    lane("the provider exists", y, PROVIDER, EventResult::hasProvider);
    return svg.append("</svg>\n").toString();
  }

  private void lane(String title, int y, String color, Predicate<EventResult> isOn) {
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", LEFT - 10, y + 15, title);
    for (int i = 0; i < events.size(); i++) {
      if (isOn.test(events.get(i))) {
        add(
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" fill=\"%s\"/>%n",
            LEFT + i * COLUMN, y, COLUMN, color);
      }
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation is not among the dependencies.
  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
