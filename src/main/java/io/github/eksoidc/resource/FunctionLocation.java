package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * Where the function runs, and so where its resources live.
 *
 * @param partition {@code aws}, {@code aws-cn}, {@code aws-us-gov} …
 * @param region such as {@code eu-west-1}
 * @param account twelve digits
 */
public record FunctionLocation(String partition, String region, String account) {

  private static final Pattern FUNCTION_ARN =
      Pattern.compile("arn:([a-z0-9-]+):lambda:([a-z0-9-]+):([0-9]{12}):function:.+");

  public FunctionLocation {
    requireNonNull(partition, "partition is null");
    requireNonNull(region, "region is null");
    requireNonNull(account, "account is null");
  }

  /**
   * Reads the ARN of a Lambda function, with or without an alias.
   *
   * @throws RequestFailedException if it is no such ARN
   */
  public static FunctionLocation ofFunction(String arn) {
    var matcher = FUNCTION_ARN.matcher(String.valueOf(arn));
    if (!matcher.matches()) {
      throw new RequestFailedException(
          "The function was not invoked as a Lambda function: its ARN is \"" + arn + "\".");
    }
    return new FunctionLocation(matcher.group(1), matcher.group(2), matcher.group(3));
  }
}
