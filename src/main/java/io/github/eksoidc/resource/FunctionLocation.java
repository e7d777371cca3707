package io.github.eksoidc.resource;

import static java.util.Objects.requireNonNull;

/**
 * The partition, Region and account in which the function runs, and in which its resources are.
 *
 * @param partition such as {@code aws}, {@code aws-cn} or {@code aws-us-gov}
 * @param region such as {@code eu-west-1}
 * @param account twelve digits
 */
public record FunctionLocation(String partition, String region, String account) {

  public FunctionLocation {
    requireNonNull(partition, "partition is null");
    requireNonNull(region, "region is null");
    requireNonNull(account, "account is null");
  }

  /**
   * Combines the ARN of the invoked function, with or without an alias, and the function's Region.
   *
   * @param region the value of {@code AWS_REGION}; AWS's local emulator sets another Region in the
   *     ARN
   * @throws RequestFailedException if the text is not a Lambda function's ARN
   */
  public static FunctionLocation of(String functionArn, String region) {
    return Arn.parse(String.valueOf(functionArn))
        .filter(
            arn ->
                arn.service().equals("lambda")
                    && arn.resource().startsWith("function:")
                    && !arn.account().isEmpty())
        .map(arn -> new FunctionLocation(arn.partition(), region, arn.account()))
        .orElseThrow(
            () ->
                new RequestFailedException(
                    "The invoked function's ARN \"%s\" is not a Lambda function's ARN."
                        .formatted(functionArn)));
  }
}
