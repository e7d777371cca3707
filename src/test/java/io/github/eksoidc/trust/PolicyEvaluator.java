package io.github.eksoidc.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides as STS does whether a request may assume a role, for the part of the policy language that
 * trust policies of service accounts have: a principal, actions, {@code StringEquals} and {@code
 * StringLike}. It fails if a policy has anything else.
 *
 * <p>Rules from the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions
 * with multiple context keys or values": operators and keys are combined with AND, the values of a
 * key with OR; a key that the request does not have does not match; {@code *} matches any text,
 * {@code ?} matches one character.
 */
public final class PolicyEvaluator {

  /** A call of STS by a principal, with the condition keys of its context. */
  interface Request {
    String principalType();

    String principal();

    /** Every one of them must be allowed. */
    List<String> actions();

    Map<String, String> context();
  }

  /** A token, and the ARN of the provider with which STS verifies it. A claim can be missing. */
  record Token(String principal, String issuer, String audience, String subject)
      implements Request {

    @Override
    public String principalType() {
      return "Federated";
    }

    @Override
    public List<String> actions() {
      return List.of("sts:AssumeRoleWithWebIdentity");
    }

    @Override
    public Map<String, String> context() {
      Map<String, String> context = new LinkedHashMap<>();
      put(context, issuer + ":aud", audience);
      put(context, issuer + ":sub", subject);
      return context;
    }
  }

  /**
   * The request of a service for a role, with session tags. Without a session tag, STS does not
   * check {@code sts:TagSession}.
   */
  record ServiceCall(String principal, String sourceAccount, Map<String, String> sessionTags)
      implements Request {

    @Override
    public String principalType() {
      return "Service";
    }

    @Override
    public List<String> actions() {
      return sessionTags.isEmpty()
          ? List.of("sts:AssumeRole")
          : List.of("sts:AssumeRole", "sts:TagSession");
    }

    @Override
    public Map<String, String> context() {
      Map<String, String> context = new LinkedHashMap<>();
      put(context, "aws:SourceAccount", sourceAccount);
      sessionTags.forEach((key, value) -> put(context, "aws:RequestTag/" + key, value));
      return context;
    }
  }

  private static void put(Map<String, String> context, String key, String value) {
    if (value != null) {
      context.put(key, value);
    }
  }

  private final List<JsonNode> statements = new ArrayList<>();

  PolicyEvaluator(String policyDocument) {
    try {
      JsonNode document = new ObjectMapper().readTree(policyDocument);
      require(document.path("Version").asText().equals("2012-10-17"), "Version");
      require(document.size() == 2, "members of the document");
      document.path("Statement").forEach(statements::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns true if the request may assume the role. */
  boolean allows(Request request) {
    return request.actions().stream()
        .allMatch(
            action ->
                statements.stream().anyMatch(statement -> allows(statement, action, request)));
  }

  private static boolean allows(JsonNode statement, String action, Request request) {
    require(statement.path("Effect").asText().equals("Allow"), "Effect");
    require(statement.size() == 4 && statement.path("Principal").size() == 1, "members");
    require(statement.path("Condition").size() > 0, "Condition");
    return request
            .principal()
            .equals(statement.path("Principal").path(request.principalType()).asText(null))
        && matchesAny("StringEquals", statement.path("Action"), action)
        && matches(statement.path("Condition"), request.context());
  }

  private static boolean matches(JsonNode condition, Map<String, String> context) {
    for (var operator : condition.properties()) {
      for (var key : operator.getValue().properties()) {
        String value = context.get(key.getKey());
        if (value == null || !matchesAny(operator.getKey(), key.getValue(), value)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean matchesAny(String operator, JsonNode allowed, String value) {
    if (allowed.isTextual()) {
      return matches(operator, allowed.asText(), value);
    }
    require(allowed.isArray() && allowed.size() > 1, "a list of several values");
    for (JsonNode one : allowed) {
      if (matches(operator, one.asText(), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String operator, String allowed, String value) {
    require(!allowed.contains("${"), "policy variables");
    return switch (operator) {
      case "StringEquals" -> allowed.equals(value);
      case "StringLike" -> like(allowed, value);
      default -> throw new IllegalArgumentException("Operator " + operator);
    };
  }

  /** Whether a pattern with {@code *} and {@code ?} matches the whole value. */
  public static boolean like(String pattern, String value) {
    return like(pattern, 0, value, 0);
  }

  private static boolean like(String pattern, int p, String value, int v) {
    if (p == pattern.length()) {
      return v == value.length();
    }
    boolean more = v < value.length();
    return switch (pattern.charAt(p)) {
      case '*' -> like(pattern, p + 1, value, v) || (more && like(pattern, p, value, v + 1));
      case '?' -> more && like(pattern, p + 1, value, v + 1);
      default -> more && value.charAt(v) == pattern.charAt(p) && like(pattern, p + 1, value, v + 1);
    };
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException("Unexpected in the policy: " + what);
    }
  }
}
