package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.FunctionClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The dashboard in the template shows metrics and log entries that the function writes. */
class DashboardIT extends FunctionTestBase {

  private static final Pattern BODY =
      Pattern.compile("(?ms)^      DashboardBody: !Sub \\|\\n((?:        .*?\\n)+)");
  private static final String NAMESPACE = "EksOidcProvider";

  @Test
  void itShowsMetricsAndFindingsThatTheFunctionWrites() throws IOException {
    Instant begin = Instant.now();
    foreignProvider(List.of("theirs"), Map.of("eks-oidc-provider/managed", "true"));
    created(Map.of("ClusterName", "other"));
    failed(create(Map.of("Other", "x")));
    invoke("{\"Audit\": \"Report\"}");
    // The audit ends with its metrics.
    List<JsonNode> entries =
        log(e -> isSince(begin, e), all -> all.stream().anyMatch(e -> e.has("AuditDuration")));
    List<JsonNode> lines = entries.stream().filter(e -> e.has("_aws")).toList();

    Set<String> written = new TreeSet<>();
    lines.forEach(line -> written.addAll(metrics(line)));
    JsonNode dashboard = dashboard();
    Set<String> shown = new TreeSet<>();
    for (JsonNode widget : dashboard.path("widgets")) {
      widget.path("properties").path("metrics").forEach(metric -> shown.add(withoutValues(metric)));
    }

    assertThat(written).containsAll(shown);
    // Nothing that an audit counts is missing.
    assertThat(shown)
        .containsAll(
            written.stream()
                .filter(m -> m.matches("Findings[A-Z].*|Unknown .*|Providers .*"))
                .collect(Collectors.toSet()));
    assertThat(dashboard.toString()).contains("\"FunctionName\",\"eks-oidc-provider\"");
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(line.path("FunctionName").asText()).isEqualTo("eks-oidc-provider"));

    LogQuery query = LogQuery.parse(query(dashboard));
    assertThat(query.run(entries))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.keySet()).containsExactlyElementsOf(query.fields()));
  }

  @Test
  void itHasOneQueryWithTheDocumentation() throws IOException {
    assertThat(Files.readString(Path.of("docs", "audit.md")))
        .contains(query(dashboard()).replaceFirst("\\n\\| limit 50$", ""));
  }

  /** Without SOURCE, one command a line. */
  private static String query(JsonNode dashboard) {
    JsonNode widget =
        StreamSupport.stream(dashboard.path("widgets").spliterator(), false)
            .filter(w -> w.path("type").asText().equals("log"))
            .findFirst()
            .orElseThrow();
    String text = widget.path("properties").path("query").asText();
    assertThat(text).startsWith("SOURCE 'LogGroup' | ");
    return text.substring(text.indexOf(" | ") + 3).replace(" | ", "\n| ");
  }

  /** The body for a function of the default name, with the names of resources for their values. */
  private static JsonNode dashboard() throws IOException {
    Matcher matcher = BODY.matcher(Files.readString(Path.of("template.yaml")));
    assertThat(matcher.find()).isTrue();
    String body =
        matcher
            .group(1)
            .replace("${FunctionName}", "eks-oidc-provider")
            .replace("${ProviderQuota}", "100")
            .replace("${AWS::Region}", "eu-west-1")
            .replace("${LogGroup}", "LogGroup");
    assertThat(body).doesNotContain("${");
    return FunctionClient.JSON.readTree(body);
  }

  /**
   * The metrics of a line in the embedded metric format, as {@code name [dimensions]}. As
   * CloudWatch specifies, each dimension and metric is a member of the line, and there is no other
   * member.
   */
  private static Set<String> metrics(JsonNode line) {
    Instant now = Instant.now();
    assertThat(line.path("_aws").path("Timestamp").asLong())
        .isBetween(now.minusSeconds(600).toEpochMilli(), now.toEpochMilli());
    JsonNode directive = line.path("_aws").path("CloudWatchMetrics").path(0);
    assertThat(directive.path("Namespace").asText()).isEqualTo(NAMESPACE);
    Set<String> dimensions = new TreeSet<>();
    directive.path("Dimensions").path(0).forEach(d -> dimensions.add(d.asText()));
    assertThat(dimensions).allMatch(name -> line.path(name).isTextual());
    Set<String> members = new TreeSet<>(dimensions);
    members.addAll(Set.of("_aws", "version", "timestamp", "level", "message"));
    Set<String> metrics = new TreeSet<>();
    for (JsonNode metric : directive.path("Metrics")) {
      String name = metric.path("Name").asText();
      assertThat(metric.path("Unit").asText()).isIn("Count", "Milliseconds", "Percent");
      assertThat(line.path(name).isNumber()).as(name).isTrue();
      members.add(name);
      metrics.add(name + " " + dimensions);
    }
    assertThat(line.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(members);
    return metrics;
  }

  /** A metric of a widget in the same form; its values are those that the function has. */
  private static String withoutValues(JsonNode metric) {
    List<String> parts = new ArrayList<>();
    metric.forEach(part -> parts.add(part.isTextual() ? part.asText() : ""));
    parts.removeIf(String::isEmpty);
    assertThat(parts.getFirst()).isEqualTo(NAMESPACE);
    Set<String> dimensions = new TreeSet<>();
    for (int i = 2; i < parts.size(); i += 2) {
      dimensions.add(parts.get(i));
      assertThat(
              Map.of(
                      "FunctionName", Set.of("eks-oidc-provider"),
                      "RequestType", Set.of("Create", "Update", "Delete", "Other"),
                      "Outcome", Set.of("SUCCESS", "FAILED"))
                  .get(parts.get(i)))
          .contains(parts.get(i + 1));
    }
    return parts.get(1) + " " + dimensions;
  }
}
