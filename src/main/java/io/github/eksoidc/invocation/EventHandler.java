package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.aws.ThrottledAttempts;
import io.github.eksoidc.cloudformation.Delivery;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.cloudformation.ResponseSender;
import io.github.eksoidc.cloudformation.ResponseUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Handles one event: parses it, runs its request, sends the response, and logs the result. An event
 * of an audit has no response URL; its result is the function's.
 */
public final class EventHandler {

  private final String region;
  private final Supplier<AwsClients> clients;

  /**
   * Creates a handler.
   *
   * @param region the function's Region
   * @param clients called only for a request that needs AWS
   */
  public EventHandler(String region, Supplier<AwsClients> clients) {
    this.region = requireNonNull(region, "region is null");
    this.clients = requireNonNull(clients, "clients is null");
  }

  /**
   * Handles one event.
   *
   * @param output receives the function's result
   * @param log receives the log lines
   * @throws ResponseNotDeliveredException if the response could not be delivered
   */
  public void handle(byte[] bytes, OutputStream output, Invocation invocation, PrintStream log)
      throws IOException {
    long start = System.nanoTime();
    long throttled = ThrottledAttempts.count();
    ParsedEvent event = ParsedEvent.parse(bytes);
    JsonLog jsonLog = new JsonLog(log, commonFields(event.event(), invocation));
    Optional<ResponseUrl> url = ResponseUrl.parse(event.event().getResponseUrl());
    if (url.isEmpty()) {
      Optional<Map<String, Object>> audit = AuditEvent.members(bytes);
      if (audit.isPresent()) {
        write(new AuditRunner(region, clients, log).run(audit.get(), invocation), output);
        return;
      }
      jsonLog.error("no response URL", Map.of());
      write(Map.of("errorMessage", missingUrl(event)), output);
      return;
    }
    RequestOutcome outcome =
        new RequestRunner(event, invocation, region, jsonLog)
            .run((name, request) -> ResourceTypes.of(name, clients, request));
    Delivery delivery =
        new ResponseSender(outcome.deadlines()::responseRemaining)
            .send(url.get(), outcome.response().body(event.event()));
    SequencedMap<String, Object> result = result(outcome, delivery);
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    logResult(result, outcome, delivery, duration, jsonLog);
    Metrics.writeRequest(
        log,
        invocation.functionName(),
        event.event().getRequestType(),
        outcome.response().status(),
        duration,
        ThrottledAttempts.count() - throttled);
    if (!delivery.isDelivered()) {
      throw new ResponseNotDeliveredException(delivery);
    }
    write(result, output);
  }

  private static String missingUrl(ParsedEvent event) {
    return event.problem().map(problem -> problem + " ").orElse("")
        + "The event has no usable ResponseURL, so the function can't send a response."
        + " CloudFormation invokes this function for a custom resource.";
  }

  private static void logResult(
      SequencedMap<String, Object> result,
      RequestOutcome outcome,
      Delivery delivery,
      Duration duration,
      JsonLog log) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>(result);
    fields.put("calls", outcome.calls());
    fields.put("durationMs", duration.toMillis());
    if (delivery.isDelivered()) {
      log.info("response", fields);
    } else {
      log.error("response", fields);
    }
  }

  private static void write(Map<String, ?> result, OutputStream output) throws IOException {
    output.write(Json.line(result).getBytes(UTF_8));
  }

  private static SequencedMap<String, Object> commonFields(
      CloudFormationCustomResourceEvent event, Invocation invocation) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("AWSRequestId", invocation.id());
    fields.put("requestType", event.getRequestType());
    fields.put("stackId", event.getStackId());
    fields.put("logicalResourceId", event.getLogicalResourceId());
    fields.put("requestId", event.getRequestId());
    return fields;
  }

  private static SequencedMap<String, Object> result(RequestOutcome outcome, Delivery delivery) {
    Response response = outcome.response();
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("status", response.status());
    result.put("physicalResourceId", response.physicalId());
    if (response instanceof Response.Failed(_, String reason)) {
      result.put("reason", reason);
    }
    result.put("delivery", delivery.status().name());
    result.put("attempts", delivery.attempts());
    result.put("detail", delivery.detail());
    return result;
  }
}
