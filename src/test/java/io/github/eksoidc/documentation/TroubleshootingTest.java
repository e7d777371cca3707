package io.github.eksoidc.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/troubleshooting.md has each reason that the code can give, and no other. Each
 * reason is a sentence in the sources; a row quotes its beginning, with … for values.
 */
class TroubleshootingTest {

  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Path PAGE = Path.of("docs", "troubleshooting.md");
  private static final String FIRST_OTHER_HEADING = "## From CloudFormation itself";
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|([^|]+)\\|([^|]+)\\|$");

  /** Sentences that are not reasons. */
  private static final Set<String> NOT_REASONS =
      Set.of("Priming failed: %s", "Nothing to do: the invocation keeps the snapshot.");

  private static Set<String> sentences;

  @BeforeAll
  static void readSentences() throws IOException {
    sentences = Sentences.in(SOURCES);
  }

  private record Row(String quoted, String cause, String remedy) {

    boolean matches(String sentence) {
      String regex =
          Arrays.stream(quoted.split("…", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining(".*"));
      return Pattern.compile(regex).matcher(sentence.replace(Sentences.VALUE, "…")).lookingAt();
    }
  }

  @Test
  void eachReasonOfTheCodeHasARow() throws IOException {
    List<Row> rows = rows();
    assertThat(sentences).hasSizeGreaterThan(40);
    assertThat(
            sentences.stream()
                .filter(sentence -> !NOT_REASONS.contains(sentence))
                .filter(sentence -> rows.stream().noneMatch(row -> row.matches(sentence))))
        .as("reasons of the code without a row in %s", PAGE)
        .isEmpty();
  }

  @Test
  void eachRowIsAReasonOfTheCode() throws IOException {
    assertThat(rows().stream().filter(row -> sentences.stream().noneMatch(row::matches)))
        .extracting(Row::quoted)
        .as("rows of %s without a reason in the code", PAGE)
        .isEmpty();
  }

  @Test
  void eachRowHasACauseAndARemedy() throws IOException {
    assertThat(rows())
        .hasSizeGreaterThan(40)
        .allSatisfy(
            row -> {
              assertThat(row.cause()).isNotBlank();
              assertThat(row.remedy()).isNotBlank();
              // A row of wildcards would match any reason.
              assertThat(row.quoted().replace("…", "").trim()).hasSizeGreaterThan(8);
            });
  }

  @Test
  void sentencesAreReadFromTheSources() {
    assertThat(sentences)
        .contains(
            "%s is %s, but must be %s.",
            "%s runs Kubernetes %s, which has no OIDC issuer. Update the cluster to 1.13 or later.",
            "The event has no %s.");
  }

  private static List<Row> rows() throws IOException {
    String page = Files.readString(PAGE);
    Matcher matcher = ROW.matcher(page.substring(0, page.indexOf(FIRST_OTHER_HEADING)));
    List<Row> rows = new ArrayList<>();
    while (matcher.find()) {
      rows.add(new Row(matcher.group(1), matcher.group(2), matcher.group(3)));
    }
    return rows;
  }
}
