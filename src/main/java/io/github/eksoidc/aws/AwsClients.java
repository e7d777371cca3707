package io.github.eksoidc.aws;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
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
public final class AwsClients implements AutoCloseable {

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

  private final Map<String, EksClient> eks = new ConcurrentHashMap<>();
  private final Optional<URI> endpoint;
  private final AwsCredentialsProvider credentials;
  private final IamClient iam;

  /**
   * Clients as Lambda's environment says.
   *
   * @param region where the function runs; any of a partition finds that partition's IAM
   */
  public AwsClients(String region) {
    // Lambda gives credentials by environment variables; with SnapStart, by the container endpoint.
    this(
        region,
        Optional.empty(),
        AwsCredentialsProviderChain.of(
            EnvironmentVariableCredentialsProvider.create(),
            ContainerCredentialsProvider.builder().build()));
  }

  /** Clients of an AWS elsewhere, which takes any credentials. */
  public static AwsClients at(URI endpoint, String region) {
    return new AwsClients(
        region,
        Optional.of(endpoint),
        StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")));
  }

  private AwsClients(String region, Optional<URI> endpoint, AwsCredentialsProvider credentials) {
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.iam = build(IamClient.builder(), region);
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C build(
      B builder, String region) {
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(Region.of(region))
        .httpClient(http)
        .credentialsProvider(credentials)
        .overrideConfiguration(retrying())
        .build();
  }

  @Override
  public void close() {
    eks.values().forEach(EksClient::close);
    iam.close();
    http.close();
  }

  IamClient iam() {
    return iam;
  }

  EksClient eks(String region) {
    return eks.computeIfAbsent(region, name -> build(EksClient.builder(), name));
  }

  private static ClientOverrideConfiguration retrying() {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(
            AwsRetryStrategy.adaptiveRetryStrategy().toBuilder()
                .maxAttempts(MOST_ATTEMPTS)
                // The SDK does not count it as passing, though IAM says "try again".
                .retryOnException(ConcurrentModificationException.class)
                .retryOnException(AwsClients::isCutShort)
                .build())
        .build();
  }

  /**
   * Whether an answer broke off: a success that can't be read, or an error without a code. The SDK
   * repeats this for JSON, but not for IAM's XML.
   */
  private static boolean isCutShort(Throwable failure) {
    return switch (failure) {
      case AwsServiceException answer ->
          answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null;
      case SdkClientException client ->
          String.valueOf(client.getMessage()).startsWith("Unable to unmarshall response");
      default -> false;
    };
  }
}
