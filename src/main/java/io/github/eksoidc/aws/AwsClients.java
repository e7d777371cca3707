package io.github.eksoidc.aws;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ConcurrentModificationException;

/**
 * The SDK's clients, for as long as the function's process lives. They hold connections and
 * credentials, and nothing of any request.
 *
 * <p>Endpoints follow the SDK's own settings, {@code AWS_ENDPOINT_URL} among them.
 */
public final class AwsClients {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** IAM and EKS answer these calls within a second or two; what takes longer is lost. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);

  /** With the SDK's pauses, of up to 20 seconds, this outlasts all but long disturbances. */
  private static final int MOST_ATTEMPTS = 8;

  static {
    // Or the JDK by itself repeats a POST whose connection broke: a deletion could be done twice.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final SdkHttpClient http =
      UrlConnectionHttpClient.builder()
          .connectionTimeout(CONNECT_TIMEOUT)
          .socketTimeout(READ_TIMEOUT)
          .build();

  /**
   * Lambda gives credentials by environment variables; with SnapStart, by the container endpoint.
   */
  private final AwsCredentialsProvider credentials =
      AwsCredentialsProviderChain.of(
          EnvironmentVariableCredentialsProvider.create(),
          ContainerCredentialsProvider.builder().build());

  private final Map<String, EksClient> eks = new ConcurrentHashMap<>();
  private final IamClient iam;

  /**
   * @param region where the function runs; any of a partition finds that partition's IAM
   */
  public AwsClients(String region) {
    iam =
        IamClient.builder()
            .region(Region.of(region))
            .httpClient(http)
            .credentialsProvider(credentials)
            .overrideConfiguration(retrying())
            .build();
  }

  IamClient iam() {
    return iam;
  }

  EksClient eks(String region) {
    return eks.computeIfAbsent(
        region,
        name ->
            EksClient.builder()
                .region(Region.of(name))
                .httpClient(http)
                .credentialsProvider(credentials)
                .overrideConfiguration(retrying())
                .build());
  }

  private static ClientOverrideConfiguration retrying() {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(
            AwsRetryStrategy.adaptiveRetryStrategy().toBuilder()
                .maxAttempts(MOST_ATTEMPTS)
                // The SDK does not count it as passing, though IAM says "try again".
                .retryOnException(ConcurrentModificationException.class)
                .build())
        .build();
  }
}
