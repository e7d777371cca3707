package io.github.eksoidc.resource;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An Amazon Resource Name: {@code arn:<partition>:<service>:<region>:<account>:<resource>}.
 *
 * <p>The SDK's {@code arns} module has such a class, but the core depends on the JDK only.
 *
 * @param partition such as {@code aws} or {@code aws-cn}
 * @param service such as {@code iam}
 * @param region empty for a global service
 * @param account twelve digits, or empty
 * @param resource the rest, which may contain colons and slashes
 */
public record Arn(
    String partition, String service, String region, String account, String resource) {

  private static final Pattern ARN =
      Pattern.compile("arn:([a-z0-9-]+):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|):(.+)");

  /** Parses an ARN; empty if the text is not an ARN. */
  public static Optional<Arn> parse(String text) {
    var matcher = ARN.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Arn(
                matcher.group(1),
                matcher.group(2),
                matcher.group(3),
                matcher.group(4),
                matcher.group(5)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return String.join(":", "arn", partition, service, region, account, resource);
  }
}
