package io.github.eksoidc.invocation;

import io.github.eksoidc.audit.Report;
import io.github.eksoidc.cloudformation.Json;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Writes metrics as lines of the log in CloudWatch's embedded metric format, from which CloudWatch
 * Logs extracts metrics without an API call. Every dimension has few values, and none comes from a
 * property or a URL.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
 *     metric format specification</a>
 */
public final class Metrics {

  /** The namespace of all metrics. */
  static final String NAMESPACE = "EksOidcProvider";

  private static final Set<String> REQUEST_TYPES = Set.of("Create", "Update", "Delete");
  private static final String OTHER = "Other";

  private enum Unit {
    COUNT("Count"),
    MILLISECONDS("Milliseconds"),
    PERCENT("Percent");

    private final String text;

    Unit(String text) {
      this.text = text;
    }
  }

  private final PrintStream out;
  private final SequencedMap<String, String> dimensions = new LinkedHashMap<>();
  private final List<Map<String, String>> definitions = new ArrayList<>();
  private final SequencedMap<String, Object> values = new LinkedHashMap<>();

  private Metrics(PrintStream out, String functionName) {
    this.out = out;
    dimensions.put("FunctionName", functionName);
  }

  /**
   * Writes the metrics of a request.
   *
   * @param requestType as in the event
   * @param status {@code SUCCESS} or {@code FAILED}
   * @param throttledCalls how many attempts of AWS calls AWS throttled
   */
  static void writeRequest(
      PrintStream out,
      String functionName,
      String requestType,
      String status,
      Duration duration,
      long throttledCalls) {
    Metrics metrics = new Metrics(out, functionName);
    metrics.dimensions.put(
        "RequestType",
        requestType != null && REQUEST_TYPES.contains(requestType) ? requestType : OTHER);
    metrics.dimensions.put("Outcome", status);
    metrics.add("Requests", Unit.COUNT, 1);
    metrics.add("Duration", Unit.MILLISECONDS, duration.toMillis());
    metrics.add("ThrottledCalls", Unit.COUNT, throttledCalls);
    metrics.write();
  }

  /** Writes the metrics of an audit. */
  static void writeAudit(
      PrintStream out, String functionName, Report report, Duration duration, long throttledCalls) {
    Metrics metrics = new Metrics(out, functionName);
    metrics.add("FailedAudits", Unit.COUNT, 0);
    metrics.add("Providers", Unit.COUNT, report.total());
    metrics.add("QuotaUsed", Unit.PERCENT, report.quotaPercent());
    metrics.add("Findings", Unit.COUNT, report.totalFindings());
    report
        .findings()
        .forEach((kind, count) -> metrics.add("Findings" + kind.text(), Unit.COUNT, count));
    metrics.add("Unknown", Unit.COUNT, report.unknowns());
    metrics.add("AuditDuration", Unit.MILLISECONDS, duration.toMillis());
    metrics.add("AuditThrottledCalls", Unit.COUNT, throttledCalls);
    metrics.write();
  }

  /** Writes the metric of an audit that failed. */
  static void writeFailedAudit(PrintStream out, String functionName) {
    Metrics metrics = new Metrics(out, functionName);
    metrics.add("FailedAudits", Unit.COUNT, 1);
    metrics.write();
  }

  private void add(String name, Unit unit, Number value) {
    definitions.add(Map.of("Name", name, "Unit", unit.text));
    values.put(name, value);
  }

  private void write() {
    SequencedMap<String, Object> directive = new LinkedHashMap<>();
    directive.put("Namespace", NAMESPACE);
    directive.put("Dimensions", List.of(List.copyOf(dimensions.keySet())));
    directive.put("Metrics", definitions);
    SequencedMap<String, Object> metadata = new LinkedHashMap<>();
    Instant now = Instant.now();
    metadata.put("Timestamp", now.toEpochMilli());
    metadata.put("CloudWatchMetrics", List.of(directive));
    SequencedMap<String, Object> line = LogLine.start(now, "INFO", "metrics");
    line.put("_aws", metadata);
    line.putAll(dimensions);
    line.putAll(values);
    out.println(Json.line(line));
  }
}
