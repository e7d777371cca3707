package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.AwsClients;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Handles one event: reads it, decides who handles it, and returns the result. A request of
 * CloudFormation also gets its response. An event of an audit has no response URL, nor has {@link
 * #KEEP_ALIVE}.
 */
public final class EventHandler {

  /**
   * The event that a schedule sends, so that Lambda keeps the snapshot of SnapStart. The function
   * does nothing and says so.
   */
  static final Map<String, String> KEEP_ALIVE = Map.of("KeepAlive", "SnapStart");

  private final Supplier<AwsClients> clients;

  /**
   * Creates a handler.
   *
   * @param clients called only for an event that needs AWS
   */
  public EventHandler(Supplier<AwsClients> clients) {
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
    Stopwatch stopwatch = Stopwatch.start();
    ParsedEvent event = ParsedEvent.parse(bytes);
    Deadlines deadlines = Deadlines.of(invocation.timeout(), event.serviceTimeout());
    Map<String, ?> result;
    if (event.responseUrl().isPresent()) {
      result = respond(event, event.responseUrl().get(), invocation, deadlines, log, stopwatch);
    } else if (AuditEvent.isIn(event)) {
      result = new AuditRunner(event.members(), invocation, deadlines, log).run(clients, stopwatch);
    } else if (event.members().equals(KEEP_ALIVE)) {
      new JsonLog(log, commonFields(event.event(), invocation)).info("keep-alive", Map.of());
      result = Map.of("message", "Nothing to do: the invocation keeps the snapshot.");
    } else {
      String problem = missingUrl(event);
      new JsonLog(log, commonFields(event.event(), invocation))
          .error("no response URL", Map.of("problem", problem));
      result = Map.of("errorMessage", problem);
    }
    output.write(Json.line(result).getBytes(UTF_8));
  }

  private Map<String, ?> respond(
      ParsedEvent event,
      ResponseUrl url,
      Invocation invocation,
      Deadlines deadlines,
      PrintStream out,
      Stopwatch stopwatch) {
    JsonLog log = new JsonLog(out, commonFields(event.event(), invocation));
    RequestRunner runner = new RequestRunner(event, invocation, deadlines, log);
    Response response =
        runner.run((name, calls, context) -> ResourceTypes.of(name, clients, calls, context));
    Delivery delivery =
        new ResponseSender(deadlines::responseRemaining).send(url, response.body(event.event()));
    SequencedMap<String, Object> result = result(response, delivery);
    Duration duration = stopwatch.elapsed();
    logResult(response, result, runner.calls(), delivery, duration, log);
    Metrics.writeRequest(
        out,
        invocation.functionName(),
        event.event().getRequestType(),
        response.status(),
        duration,
        stopwatch.throttledAttempts());
    if (!delivery.isDelivered()) {
      throw new ResponseNotDeliveredException(delivery);
    }
    return result;
  }

  private static String missingUrl(ParsedEvent event) {
    List<String> sentences = new ArrayList<>();
    event.problem().ifPresent(sentences::add);
    sentences.add(
        "The event has no usable ResponseURL, so the function can't send a response."
            + " CloudFormation invokes this function for a custom resource.");
    if (ResponseUrl.isPlainHttp(event.event().getResponseUrl())) {
      sentences.add(
          "The URL begins with http, and the function sends responses over https only, except to"
              + " localhost. An emulator of CloudFormation must send an https URL, too.");
    }
    return String.join(" ", sentences);
  }

  private static void logResult(
      Response response,
      SequencedMap<String, Object> result,
      Map<String, Integer> calls,
      Delivery delivery,
      Duration duration,
      JsonLog log) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>(result);
    fields.put("calls", calls);
    fields.put("durationMs", duration.toMillis());
    if (!delivery.isDelivered()) {
      log.error("response", fields);
    } else if (response instanceof Response.Failed) {
      log.warn("response", fields);
    } else {
      log.info("response", fields);
    }
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

  private static SequencedMap<String, Object> result(Response response, Delivery delivery) {
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
