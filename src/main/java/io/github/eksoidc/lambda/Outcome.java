package io.github.eksoidc.lambda;

import io.github.eksoidc.cloudformation.Answer;
import java.util.Map;

/**
 * What came of the work.
 *
 * @param calls how often each action of AWS was called
 * @param budget says how long there is for the answer
 */
record Outcome(Answer answer, Map<String, Integer> calls, Budget budget) {}
