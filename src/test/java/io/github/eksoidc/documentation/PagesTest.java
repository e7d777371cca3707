package io.github.eksoidc.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.template.Schema;
import io.github.eksoidc.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The reference says of properties and parameters what the schemas and the template say. */
class PagesTest {

  private static final Path WIRE_TESTS =
      Path.of("src", "test", "java", "io", "github", "eksoidc", "contract");

  @Test
  void propertiesOfAProvider() throws IOException {
    new PageTable("reference.md", "### Properties", properties("Custom::EksOidcProvider")).check();
  }

  @Test
  void propertiesOfATrustPolicy() throws IOException {
    new PageTable(
            "reference.md",
            "### Properties of the trust policy",
            properties("Custom::IrsaTrustPolicy"))
        .check();
  }

  @Test
  void parametersOfTheTemplate() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("parameter", "default, other values", "meaning"));
    Template.read(Path.of("template.yaml"))
        .map("Parameters")
        .forEach(
            (name, value) -> {
              var parameter = (Map<?, ?>) value;
              String text = parameter.get("Description").toString();
              rows.add(
                  List.of(
                      PageTable.code(name),
                      defaultValue(parameter),
                      // The console shows it without the link.
                      text.replaceAll("docs/([a-z-]+\\.md)(#[a-z-]+)?", "[docs/$1]($1$2)")
                          .replaceFirst("\\.$", "")));
            });
    new PageTable("reference.md", "## Parameters of the function's stack", rows).check();
  }

  @Test
  void eachPropertyIsInATestOverHttp() throws IOException {
    String tests;
    try (Stream<Path> files = Files.walk(WIRE_TESTS)) {
      tests =
          files
              .filter(file -> file.toString().endsWith("IT.java"))
              .map(PagesTest::text)
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

  private static List<List<String>> properties(String type) {
    JsonNode schema = Schema.of(type).forTemplates();
    List<String> required =
        StreamSupport.stream(schema.path("required").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    List<String> oneOf =
        schema.path("oneOf").findValues("required").stream()
            .map(one -> one.path(0).asText())
            .toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("property", "default", "meaning"));
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String name = property.getKey();
              String usual =
                  required.contains(name)
                      ? "required"
                      : oneOf.contains(name)
                          ? "one of " + PageTable.code(oneOf.toArray(String[]::new))
                          : defaultValue(property.getValue().path("default"));
              String meaning = property.getValue().path("description").asText();
              rows.add(List.of(PageTable.code(name), usual, meaning.replaceFirst("\\.$", "")));
            });
    return rows;
  }

  /** With the other values, if there is a choice of a few. */
  private static String defaultValue(Map<?, ?> parameter) {
    String usual = parameter.get("Default").toString();
    return Stream.concat(
            Stream.of(usual),
            parameter.get("AllowedValues") instanceof List<?> values && values.size() <= 3
                ? values.stream().map(Object::toString).filter(value -> !value.equals(usual))
                : Stream.empty())
        .map(PagesTest::code)
        .collect(Collectors.joining(" or "));
  }

  private static String defaultValue(JsonNode value) {
    return code(value.isArray() ? value.path(0).asText() : value.asText());
  }

  private static String code(String value) {
    return value.isEmpty() ? "" : PageTable.code(value);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
