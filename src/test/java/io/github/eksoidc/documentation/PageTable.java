package io.github.eksoidc.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of a page that says what the code, a schema or the template says. {@code mvn test
 * -Dtest='PagesTest,MetricsTest' -Dwrite} writes these tables into the pages.
 *
 * @param page the file in docs/
 * @param heading above the table, which is the first one under it
 * @param rows the cells of the header and of each row
 */
public record PageTable(String page, String heading, List<List<String>> rows) {

  /** Fails unless the page has the table, or writes it. */
  public void check() throws IOException {
    Path file = Path.of("docs", page);
    String text = Files.readString(file);
    int section = text.indexOf("\n" + heading + "\n");
    assertThat(section).as("%s: %s", page, heading).isNotNegative();
    int begin = text.indexOf("\n| ", section) + 1;
    int end = text.indexOf("\n\n", begin) + 1;
    assertThat(text.substring(section + 2, begin)).as("another section").doesNotContain("\n#");
    assertThat(end).as("%s: a line after the table", heading).isPositive();
    assertThat(rows).allSatisfy(row -> assertThat(row.getLast()).as("%s", row).isNotBlank());
    if (System.getProperty("write") != null) {
      Files.writeString(file, text.substring(0, begin) + markdown() + text.substring(end));
    } else {
      assertThat(text.substring(begin, end)).as("%s: %s", page, heading).isEqualTo(markdown());
    }
  }

  private String markdown() {
    String rule = "| --- ".repeat(rows.getFirst().size()) + "|\n";
    return line(rows.getFirst())
        + rule
        + rows.stream().skip(1).map(PageTable::line).collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"))
        .replace("|  |", "| |");
  }

  /** Names as code, separated by commas. */
  public static String code(String... names) {
    return Arrays.stream(names).map("`%s`"::formatted).collect(Collectors.joining(", "));
  }
}
