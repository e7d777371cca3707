package io.github.eksoidc.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.memory.Call;
import io.github.eksoidc.memory.RuntimeApi;
import java.time.Duration;
import java.util.List;

/**
 * One event, and what came of it.
 *
 * @param answer what CloudFormation got; a missing node if it got nothing
 * @param answers how many answers came
 * @param result what the function returned to Lambda
 * @param calls what arrived at AWS, but for the answer
 * @param time from the event to the answer
 */
public record Played(
    JsonNode answer, int answers, RuntimeApi.Result result, List<Call> calls, Duration time) {

  public String status() {
    return answer.path("Status").asText();
  }

  public String reason() {
    return answer.path("Reason").asText();
  }

  public String physicalId() {
    return answer.path("PhysicalResourceId").asText();
  }

  public String attribute(String name) {
    return answer.path("Data").path(name).asText();
  }

  /** The actions that were called, in order. */
  public List<String> actions() {
    return calls.stream().map(Call::action).toList();
  }
}
