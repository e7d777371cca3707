package io.github.eksoidc.invocation;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.Audit;
import io.github.eksoidc.audit.ProviderReport;
import io.github.eksoidc.audit.Report;
import io.github.eksoidc.audit.StaleClaimRelease;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.AwsInventory;
import io.github.eksoidc.aws.EksClusters;
import io.github.eksoidc.aws.IamProviders;
import io.github.eksoidc.aws.ThrottledAttempts;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestFailedException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs an audit, or the release of a stale claim, and returns its result before the deadline. */
final class AuditRunner {

  private final String region;
  private final Supplier<AwsClients> clients;
  private final PrintStream out;

  AuditRunner(String region, Supplier<AwsClients> clients, PrintStream out) {
    this.region = requireNonNull(region, "region is null");
    this.clients = requireNonNull(clients, "clients is null");
    this.out = requireNonNull(out, "out is null");
  }

  /**
   * Runs the audit or the release of an event.
   *
   * @return the function's result: a report, what has been released, or an {@code errorMessage}
   */
  Map<String, ?> run(Map<String, Object> members, Invocation invocation) {
    JsonLog log =
        new JsonLog(out, Map.of("AWSRequestId", invocation.id(), "event", AuditEvent.KIND));
    boolean isReport = "Report".equals(members.get(AuditEvent.KIND));
    try {
      return switch (AuditEvent.of(members)) {
        case AuditEvent.Report(int quota) -> report(quota, invocation, log);
        case AuditEvent.Release(var provider, var claimId) ->
            inTime(
                invocation,
                log,
                context ->
                    new StaleClaimRelease(
                            new IamProviders(clients.get(), context),
                            new AwsInventory(clients.get(), context),
                            context)
                        .release(provider, claimId));
      };
    } catch (RequestFailedException e) {
      return failure(e.getMessage(), isReport, invocation, log);
    } catch (Throwable e) {
      log.error("internal error", RequestRunner.details(e));
      return failure(
          "The function failed with an unexpected error, %s. See the function's log for details."
              .formatted(e.getClass().getName()),
          isReport,
          invocation,
          log);
    }
  }

  private Map<String, ?> report(int quota, Invocation invocation, JsonLog log) throws Throwable {
    long start = System.nanoTime();
    long throttled = ThrottledAttempts.count();
    Report report =
        inTime(
            invocation,
            log,
            context ->
                new Audit(
                        new IamProviders(clients.get(), context),
                        new EksClusters(clients.get(), context),
                        new AwsInventory(clients.get(), context),
                        context)
                    .run(quota));
    // Nobody receives the result of a scheduled invocation, so the log has the findings, too.
    for (ProviderReport provider : report.providers()) {
      if (!provider.findings().isEmpty()) {
        log.info("finding", provider.toMap());
      }
    }
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    SequencedMap<String, Object> totals = report.totals();
    totals.put("durationMs", duration.toMillis());
    log.info("audit", totals);
    Metrics.writeAudit(
        out, invocation.functionName(), report, duration, ThrottledAttempts.count() - throttled);
    return report.toMap();
  }

  private Map<String, ?> failure(
      String reason, boolean isReport, Invocation invocation, JsonLog log) {
    log.error("audit failed", Map.of("reason", reason));
    if (isReport) {
      Metrics.writeFailedAudit(out, invocation.functionName());
    }
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("errorMessage", reason);
    return result;
  }

  private <T> T inTime(Invocation invocation, JsonLog log, Function<InvocationContext, T> work)
      throws Throwable {
    InvocationContext context =
        new InvocationContext(
            invocation.id(),
            Instant.now(),
            _ -> 0,
            FunctionLocation.of(invocation.functionArn(), region),
            Deadlines.of(invocation.timeout(), Optional.empty()),
            log,
            AuditEvent.KIND);
    return context.run(() -> work.apply(context));
  }
}
