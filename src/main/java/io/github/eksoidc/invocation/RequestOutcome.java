package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Response;
import java.util.Map;

/**
 * What came of the work.
 *
 * @param calls how often each action of AWS was called
 * @param deadlines say how much time is left for the response
 */
public record RequestOutcome(Response response, Map<String, Integer> calls, Deadlines deadlines) {}
