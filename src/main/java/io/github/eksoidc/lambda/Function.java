package io.github.eksoidc.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.cloudformation.Answer;
import io.github.eksoidc.cloudformation.Delivery;
import io.github.eksoidc.cloudformation.Event;
import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.cloudformation.ResponseSender;
import io.github.eksoidc.cloudformation.ResponseUrl;
import io.github.eksoidc.resource.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The Lambda handler. Every event that says where to answer gets one answer there; an event that
 * does not gets an error as the function's result.
 */
public final class Function implements RequestStreamHandler {

  private static final int LONGEST_CAUSE = 300;

  private AwsClients clients;

  /** Called once by Lambda, when it starts the function's process. */
  public Function() {
    try {
      clients();
    } catch (Throwable _) {
      // Tried again by the first request, which answers with the cause.
    }
  }

  /**
   * Handles one event.
   *
   * @throws AnswerNotDelivered if the answer could not be delivered: so Lambda tries again, and at
   *     last hands the event to the on-failure destination
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    long start = System.nanoTime();
    Duration lambda = Duration.ofMillis(context.getRemainingTimeInMillis());
    Event event = Event.read(input.readAllBytes());
    Log log = new Log(System.out, common(event.event(), context));
    Optional<ResponseUrl> target = ResponseUrl.of(event.event().getResponseUrl());
    if (target.isEmpty()) {
      String error =
          event.problem().map(problem -> problem + " ").orElse("")
              + "The event has no usable ResponseURL, so nobody can be answered. This function is"
              + " called by CloudFormation, for a custom resource.";
      log.error("no response URL", new LinkedHashMap<>());
      SequencedMap<String, Object> result = new LinkedHashMap<>();
      result.put("errorMessage", error);
      output.write(Json.line(result).getBytes(UTF_8));
      return;
    }
    Outcome outcome =
        new Work(event, context.getInvokedFunctionArn(), lambda, log)
            .run((name, invocation) -> Types.of(name, this::clients, invocation));
    byte[] body = outcome.answer().body(event.event());
    Delivery delivery =
        new ResponseSender(outcome.budget()::answerRemaining).send(target.get(), body);
    SequencedMap<String, Object> result = result(outcome, delivery);
    SequencedMap<String, Object> line = new LinkedHashMap<>(result);
    line.put("calls", outcome.calls());
    line.put("durationMs", Duration.ofNanos(System.nanoTime() - start).toMillis());
    if (delivery.isDelivered()) {
      log.info("answer", line);
      output.write(Json.line(result).getBytes(UTF_8));
    } else {
      log.error("answer", line);
      throw new AnswerNotDelivered(delivery);
    }
  }

  private synchronized AwsClients clients() {
    if (clients == null) {
      try {
        clients = new AwsClients(System.getenv("AWS_REGION"));
      } catch (Throwable e) {
        throw new Refusal(
            ("The function's AWS clients can't be set up: %s. Check the function's environment"
                    + " variables and its package, and deploy it again.")
                .formatted(rootCause(e)),
            e);
      }
    }
    return clients;
  }

  /** Kind and message of what lies at the bottom of a failed start. */
  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return cause.getClass().getName()
        + ": "
        + (message.length() <= LONGEST_CAUSE ? message : message.substring(0, LONGEST_CAUSE));
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

  private static SequencedMap<String, Object> result(Outcome outcome, Delivery delivery) {
    Answer answer = outcome.answer();
    SequencedMap<String, Object> result = new LinkedHashMap<>();
    result.put("status", answer.status());
    result.put("physicalResourceId", answer.physicalId());
    if (answer instanceof Answer.Failed(_, String reason)) {
      result.put("reason", reason);
    }
    result.put("delivery", delivery.outcome().name());
    result.put("attempts", delivery.attempts());
    result.put("detail", delivery.detail());
    return result;
  }
}
