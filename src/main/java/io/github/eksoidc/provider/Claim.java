package io.github.eksoidc.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.LogicalResource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * That one resource of one stack uses a provider. Two requests have the same claim if, and only if,
 * they are for the same resource of the same stack.
 *
 * @param id the first 32 hex digits of SHA-256 over stack id, line feed, logical id
 * @param owner {@code <stack name>/<logical id>}, for people
 */
public record Claim(String id, String owner) {

  private static final int LONGEST_TAG_VALUE = 256;

  public Claim {
    requireNonNull(id, "id is null");
    requireNonNull(owner, "owner is null");
  }

  /** The claim of a resource. */
  public static Claim of(LogicalResource resource) {
    byte[] text = (resource.stackId() + "\n" + resource.logicalId()).getBytes(UTF_8);
    String owner = Tags.storable(resource.stackName() + "/" + resource.logicalId());
    return new Claim(
        HexFormat.of().formatHex(sha256(text)).substring(0, 32),
        owner.substring(0, Math.min(owner.length(), LONGEST_TAG_VALUE)));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
