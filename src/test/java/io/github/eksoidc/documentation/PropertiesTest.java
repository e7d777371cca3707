package io.github.eksoidc.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each property is in the reference and in a test over HTTP. */
class PropertiesTest {

  private static final Path REFERENCE = Path.of("docs", "reference.md");
  private static final Path WIRE_TESTS =
      Path.of("src", "test", "java", "io", "github", "eksoidc", "contract");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`[A-Za-z]+`(?:, )?)+) \\|");

  @Test
  void theReferenceHasThePropertiesOfAProvider() throws IOException {
    assertThat(rowsUnder("### Properties\n"))
        .containsExactlyInAnyOrderElementsOf(EksOidcProviderProperties.NAMES);
  }

  @Test
  void theReferenceHasThePropertiesOfATrustPolicy() throws IOException {
    assertThat(rowsUnder("### Properties of the trust policy\n"))
        .containsExactlyInAnyOrderElementsOf(IrsaTrustPolicyProperties.NAMES);
  }

  @Test
  void eachPropertyIsInATestOverHttp() throws IOException {
    String tests;
    try (Stream<Path> files = Files.walk(WIRE_TESTS)) {
      tests =
          files
              .filter(file -> file.toString().endsWith("IT.java"))
              .map(PropertiesTest::text)
              .collect(Collectors.joining());
    }
    Set<String> names = new TreeSet<>(EksOidcProviderProperties.NAMES);
    names.addAll(IrsaTrustPolicyProperties.NAMES);
    // The client of the tests gives it to each event.
    names.remove("ServiceToken");
    assertThat(names.stream().filter(name -> !tests.contains("\"" + name + "\"")))
        .as("properties that no test of %s names", WIRE_TESTS)
        .isEmpty();
  }

  /** Returns the names in the first column of the table under a heading. */
  private static Set<String> rowsUnder(String heading) throws IOException {
    String page = Files.readString(REFERENCE);
    assertThat(page).contains(heading);
    String section = page.substring(page.indexOf(heading) + heading.length());
    section = section.strip().replaceFirst("(?s)\n\n.*", "");
    return ROW.matcher(section)
        .results()
        .map((MatchResult row) -> row.group(1).replace("`", ""))
        .flatMap(names -> Stream.of(names.split(", ")))
        .collect(Collectors.toSet());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
