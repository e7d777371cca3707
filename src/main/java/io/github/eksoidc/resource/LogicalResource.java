package io.github.eksoidc.resource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifies a resource of a stack.
 *
 * @param stackId the stack's ARN, which differs between two stacks of the same name
 * @param logicalId the resource's logical id in the template
 */
public record LogicalResource(String stackId, String logicalId) {

  private static final int HASH_DIGITS = 32;

  public LogicalResource {
    requireNonNull(stackId, "stackId is null");
    requireNonNull(logicalId, "logicalId is null");
  }

  /** Returns the stack's name, or the whole stack id if it is not a stack's ARN. */
  public String stackName() {
    return Arn.parse(stackId)
        .map(arn -> arn.resource().split("/", -1))
        .filter(parts -> parts.length >= 2)
        .map(parts -> parts[1])
        .orElse(stackId);
  }

  /** Returns the first 32 hex digits of SHA-256 of stack id, line feed, logical id. */
  public String hash() {
    byte[] text = (stackId + "\n" + logicalId).getBytes(UTF_8);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
