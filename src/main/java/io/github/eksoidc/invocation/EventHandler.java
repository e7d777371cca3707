package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.Context;
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
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** The way of one event: read, worked on, answered, logged. */
public final class EventHandler {

  private final Supplier<AwsClients> clients;

  /**
   * @param clients asked only by a request that needs them
   */
  public EventHandler(Supplier<AwsClients> clients) {
    this.clients = requireNonNull(clients, "clients is null");
  }

  /**
   * Handles one event.
   *
   * @param output the function's result
   * @param log its lines
   * @throws ResponseNotDeliveredException if the answer could not be delivered
   */
  public void handle(byte[] bytes, OutputStream output, Context context, PrintStream log)
      throws IOException {
    long start = System.nanoTime();
    Duration lambda = Duration.ofMillis(context.getRemainingTimeInMillis());
    ParsedEvent event = ParsedEvent.read(bytes);
    JsonLog lines = new JsonLog(log, common(event.event(), context));
    Optional<ResponseUrl> target = ResponseUrl.of(event.event().getResponseUrl());
    if (target.isEmpty()) {
      String error =
          event.problem().map(problem -> problem + " ").orElse("")
              + "The event has no usable ResponseURL, so nobody can be answered. This function is"
              + " called by CloudFormation, for a custom resource.";
      lines.error("no response URL", new LinkedHashMap<>());
      SequencedMap<String, Object> result = new LinkedHashMap<>();
      result.put("errorMessage", error);
      output.write(Json.line(result).getBytes(UTF_8));
      return;
    }
    RequestOutcome outcome =
        new RequestRunner(event, context.getInvokedFunctionArn(), lambda, lines)
            .run((name, invocation) -> ResourceTypes.of(name, clients, invocation));
    byte[] body = outcome.response().body(event.event());
    Delivery delivery =
        new ResponseSender(outcome.deadlines()::responseRemaining).send(target.get(), body);
    SequencedMap<String, Object> result = result(outcome, delivery);
    SequencedMap<String, Object> line = new LinkedHashMap<>(result);
    line.put("calls", outcome.calls());
    line.put("durationMs", Duration.ofNanos(System.nanoTime() - start).toMillis());
    if (delivery.isDelivered()) {
      lines.info("answer", line);
      output.write(Json.line(result).getBytes(UTF_8));
    } else {
      lines.error("answer", line);
      throw new ResponseNotDeliveredException(delivery);
    }
  }

  private static SequencedMap<String, Object> common(
      CloudFormationCustomResourceEvent event, Context context) {
    SequencedMap<String, Object> common = new LinkedHashMap<>();
    common.put("AWSRequestId", context.getAwsRequestId());
    common.put("requestType", event.getRequestType());
    common.put("stackId", event.getStackId());
    common.put("logicalResourceId", event.getLogicalResourceId());
    common.put("requestId", event.getRequestId());
    return common;
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
