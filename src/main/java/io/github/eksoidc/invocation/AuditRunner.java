package io.github.eksoidc.invocation;

import io.github.eksoidc.audit.Audit;
import io.github.eksoidc.audit.Finding;
import io.github.eksoidc.audit.ProviderReport;
import io.github.eksoidc.audit.Report;
import io.github.eksoidc.audit.StaleClaimRelease;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.AwsInventory;
import io.github.eksoidc.aws.EksClusters;
import io.github.eksoidc.aws.IamProviders;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** Runs an audit, or the release of a stale claim, and returns its result before the deadline. */
final class AuditRunner {

  private final Map<String, String> members;
  private final Invocation invocation;
  private final Deadlines deadlines;
  private final PrintStream out;
  private final JsonLog log;

  /**
   * @param members of the event
   */
  AuditRunner(
      Map<String, String> members, Invocation invocation, Deadlines deadlines, PrintStream out) {
    this.members = members;
    this.invocation = invocation;
    this.deadlines = deadlines;
    this.out = out;
    this.log = new JsonLog(out, Map.of("AWSRequestId", invocation.id(), "event", AuditEvent.KIND));
  }

  /**
   * Runs the audit or the release of an event.
   *
   * @param clients called by the work, because it throws what can't be set up
   * @return the function's result: a report, what has been released, or an {@code errorMessage}
   */
  Map<String, ?> run(Supplier<AwsClients> clients, Stopwatch stopwatch) {
    Progress progress = new Progress("");
    return switch (new BoundedRun(deadlines, progress, log)
        .run(() -> handle(clients.get(), progress, stopwatch))) {
      case BoundedRun.Done<Supplier<Map<String, ?>>>(var result) -> result.get();
      case BoundedRun.Failed<Supplier<Map<String, ?>>>(var reason, _) -> failure(reason);
    };
  }

  /** Returns what is left to do in time or out of it: to log the result, and to return it. */
  private Supplier<Map<String, ?>> handle(
      AwsClients clients, Progress progress, Stopwatch stopwatch) {
    Instant now = Instant.now();
    var context =
        new InvocationContext(
            invocation.id(), now, invocation.location(), deadlines, progress, log, _ -> 0);
    var calls = new LoggedCalls(progress, log);
    var providers = new IamProviders(clients, calls);
    var inventory = new AwsInventory(clients, calls);
    return switch (AuditEvent.of(members)) {
      case AuditEvent.RunAudit(int quota) -> {
        var clusters = new EksClusters(clients, calls);
        Report report = new Audit(providers, clusters, inventory, context).run(quota);
        yield () -> logged(report, stopwatch);
      }
      case AuditEvent.ReleaseClaim(var provider, var claimId) -> {
        var released =
            new StaleClaimRelease(providers, inventory, context).release(provider, claimId);
        yield () -> released;
      }
    };
  }

  private Map<String, ?> logged(Report report, Stopwatch stopwatch) {
    // Nobody receives the result of a scheduled invocation, so the log has the findings, too.
    for (ProviderReport provider : report.providers()) {
      for (Finding finding : provider.findings()) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        fields.put("ProviderArn", provider.arn().toString());
        fields.put("Ownership", provider.ownership());
        fields.putAll(finding.toMap(provider.arn()));
        log.info("finding", fields);
      }
    }
    report.unread().forEach(unread -> log.info("not read", unread.toMap()));
    Duration duration = stopwatch.elapsed();
    SequencedMap<String, Object> totals = report.totals();
    totals.put("durationMs", duration.toMillis());
    log.info("audit", totals);
    Metrics.writeAudit(
        out, invocation.functionName(), report, duration, stopwatch.throttledAttempts());
    return report.toMap();
  }

  private Map<String, ?> failure(String reason) {
    log.error("audit failed", Map.of("reason", reason));
    if ("Report".equals(members.get(AuditEvent.KIND))) {
      Metrics.writeFailedAudit(out, invocation.functionName());
    }
    return Map.of("errorMessage", reason);
  }
}
