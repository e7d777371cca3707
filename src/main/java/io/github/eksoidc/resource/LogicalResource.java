package io.github.eksoidc.resource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One resource of one stack, as a template names it.
 *
 * @param stackId the stack's ARN; unique even among stacks of one name
 * @param logicalId the resource's name in its template
 */
public record LogicalResource(String stackId, String logicalId) {

  private static final int HASH_DIGITS = 32;

  public LogicalResource {
    requireNonNull(stackId, "stackId is null");
    requireNonNull(logicalId, "logicalId is null");
  }

  /**
   * The name of the stack: the second part of {@code arn:…:stack/<name>/<id>}, or the whole id
   * where it has no such form.
   */
  public String stackName() {
    String[] parts = stackId.split("/", -1);
    return parts.length >= 2 ? parts[1] : stackId;
  }

  /** The first 32 hex digits of SHA-256 over stack id, line feed, logical id. */
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
