package io.github.eksoidc.harness;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.RuntimeApi;
import java.time.Duration;
import java.util.List;

/**
 * The result of one event.
 *
 * @param response what CloudFormation received; a missing node if it received nothing
 * @param responses how many responses CloudFormation received
 * @param returned what the function returned to Lambda
 * @param calls the AWS calls, without the response
 * @param time from the event to the response
 */
public record InvocationResult(
    JsonNode response, int responses, RuntimeApi.Result returned, List<Call> calls, Duration time) {

  public String status() {
    return response.path("Status").asText();
  }

  public String reason() {
    return response.path("Reason").asText();
  }

  public String physicalId() {
    return response.path("PhysicalResourceId").asText();
  }

  public String attribute(String name) {
    return response.path("Data").path(name).asText();
  }

  /** Returns the actions of the AWS calls, in order. */
  public List<String> actions() {
    return calls.stream().map(Call::action).toList();
  }
}
