package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.audit.Report;
import io.github.eksoidc.documentation.PageTable;
import io.github.eksoidc.resource.FunctionLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** docs/audit.md names the metrics that the function writes. */
class MetricsTest {

  private static final Report REPORT =
      new Report(
          Instant.EPOCH,
          new FunctionLocation("aws", "eu-west-1", "111122223333"),
          0,
          100,
          List.of(),
          List.of());

  @Test
  void theyAreInTheDocumentation() throws IOException {
    new PageTable(
            "audit.md",
            "## Metrics, alarms and dashboard",
            List.of(
                List.of("written by", "metrics", "dimensions"),
                row(
                    "each request",
                    out -> Metrics.writeRequest(out, "f", "Create", "SUCCESS", Duration.ZERO, 0)),
                row("each audit", out -> Metrics.writeAudit(out, "f", REPORT, Duration.ZERO, 0)),
                row("an audit that fails", out -> Metrics.writeFailedAudit(out, "f"))))
        .check();
  }

  private static List<String> row(String source, Consumer<PrintStream> write) throws IOException {
    var line = new ByteArrayOutputStream();
    write.accept(new PrintStream(line, true, UTF_8));
    JsonNode all = new ObjectMapper().readTree(line.toByteArray()).at("/_aws/CloudWatchMetrics");
    assertThat(all).hasSize(1);
    JsonNode written = all.path(0);
    assertThat(written.path("Namespace").asText()).isEqualTo("EksOidcProvider");
    assertThat(written.path("Dimensions")).hasSize(1);
    String metrics =
        StreamSupport.stream(written.path("Metrics").spliterator(), false)
            .map(
                metric ->
                    PageTable.code(metric.path("Name").asText())
                        + unit(metric.path("Unit").asText()))
            .collect(Collectors.joining(", "));
    String dimensions =
        StreamSupport.stream(written.path("Dimensions").path(0).spliterator(), false)
            .map(JsonNode::asText)
            .map(PageTable::code)
            .collect(Collectors.joining(", "));
    return List.of(source, metrics, dimensions);
  }

  private static String unit(String name) {
    return name.equals("Count") ? "" : " (" + name.toLowerCase(Locale.ROOT) + ")";
  }
}
