package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.Response;
import java.util.Map;

/**
 * The outcome of a request.
 *
 * @param response the response to send
 * @param calls how often the request called each action
 * @param deadlines the deadlines of the invocation
 */
public record RequestOutcome(Response response, Map<String, Integer> calls, Deadlines deadlines) {}
