package io.github.eksoidc.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides as STS does whether a token may assume a role, for the parts of the policy language that
 * trust policies of service accounts are made of: one federated principal, {@code StringEquals},
 * {@code StringLike}. What it does not know it refuses to judge.
 *
 * <p>Rules from the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions
 * with multiple context keys or values": operators and keys are ANDed, the values of a key are
 * ORed; a key that the token does not have fails; {@code *} stands for any text, {@code ?} for one
 * character.
 */
final class PolicyEvaluator {

  /** What STS reads of a token, and which provider it trusts for the token's {@code iss}. */
  record Token(String providerArn, String issuer, String audience, String subject) {

    /** The value of a condition key; null if the token has none of this name. */
    private String value(String key) {
      if (key.equals(issuer + ":aud")) {
        return audience;
      }
      return key.equals(issuer + ":sub") ? subject : null;
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

  /** Whether the holder of the token may assume the role. */
  boolean allows(Token token) {
    return statements.stream().anyMatch(statement -> allows(statement, token));
  }

  private static boolean allows(JsonNode statement, Token token) {
    require(statement.path("Effect").asText().equals("Allow"), "Effect");
    require(statement.path("Action").asText().equals("sts:AssumeRoleWithWebIdentity"), "Action");
    require(statement.size() == 4 && statement.path("Principal").size() == 1, "members");
    if (!statement.path("Principal").path("Federated").asText().equals(token.providerArn())) {
      return false;
    }
    for (var operator : statement.path("Condition").properties()) {
      for (var key : operator.getValue().properties()) {
        String value = token.value(key.getKey());
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
    require(allowed.isArray(), "values of a condition");
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
      case "StringLike" -> like(allowed, 0, value, 0);
      default -> throw new IllegalArgumentException("No such operator here: " + operator);
    };
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
      throw new IllegalArgumentException("Not as expected: " + what);
    }
  }
}
