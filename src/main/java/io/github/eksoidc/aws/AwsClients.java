package io.github.eksoidc.aws;

import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
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
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ConcurrentModificationException;
import software.amazon.awssdk.services.iam.model.OpenIdIdpCommunicationErrorException;

/**
 * The SDK clients for IAM, EKS and CloudFormation, shared by all requests of the function's
 * process. They hold connections and credentials, but no state of a request.
 *
 * <p>The clients use the endpoints of the SDK's own settings, such as {@code AWS_ENDPOINT_URL}.
 */
public final class AwsClients implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** IAM and EKS respond to these calls within two seconds, so a longer wait is pointless. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);

  /** With the SDK's backoff of up to 20 seconds, this outlasts all but long outages. */
  private static final int MAX_ATTEMPTS = 8;

  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  private final SdkHttpClient http;
  private final String region;
  private final AwsCredentialsProvider credentials;
  private final FutureTask<IamClient> iam;
  private final FutureTask<EksClient> eks;
  private final Map<String, EksClient> eksOfOtherRegions = new ConcurrentHashMap<>();
  private final Map<String, CloudFormationClient> cloudFormation = new ConcurrentHashMap<>();

  /**
   * Creates clients for the endpoints of the SDK's settings.
   *
   * @param region the function's Region; IAM's endpoint follows from its partition
   * @param restored whether Lambda restores the function from a snapshot
   */
  public AwsClients(String region, boolean restored) {
    this(region, restored ? restoredCredentials() : variables(), uri -> uri);
  }

  /**
   * Creates clients that resolve endpoints and sign calls as usual, but send everything to a stub.
   *
   * @param restored whether to get credentials as in a restored function, from the stub
   */
  public static AwsClients forStub(URI stub, String region, boolean restored) {
    return new AwsClients(
        region,
        restored
            // A chain, so that priming loads the same classes that a restored function uses.
            ? AwsCredentialsProviderChain.of(
                ContainerCredentialsProvider.builder().endpoint(stub.toString()).build())
            : StaticCredentialsProvider.create(
                AwsSessionCredentials.create("stub", "stub", "stub")),
        uri -> stub.resolve(uri.getRawPath()));
  }

  /**
   * Builds both clients in the background, because this is the longest part of a cold start. {@link
   * #iam} and {@link #eks} throw what fails there.
   */
  private AwsClients(
      String region, AwsCredentialsProvider credentials, UnaryOperator<URI> destination) {
    this.region = region;
    this.credentials = credentials;
    this.http = UrlConnectionHttpClient.create(uri -> openConnection(destination.apply(uri)));
    this.iam = inBackground(() -> build(IamClient.builder(), region));
    this.eks = inBackground(() -> build(EksClient.builder(), region));
  }

  private static AwsCredentialsProvider variables() {
    return EnvironmentVariableCredentialsProvider.create();
  }

  /**
   * Lambda provides credentials in environment variables. A function that it restores from a
   * snapshot gets them from an endpoint, which the SDK calls after the restore.
   */
  private static AwsCredentialsProvider restoredCredentials() {
    return AwsCredentialsProviderChain.of(
        ContainerCredentialsProvider.builder().build(), variables());
  }

  /**
   * Opens connections with the JDK's default TLS context, which the PUT of the response shares. The
   * HTTP client's own context would read the trust store a second time.
   */
  private static HttpURLConnection openConnection(URI uri) {
    try {
      var connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
      connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
      connection.setInstanceFollowRedirects(false);
      return connection;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> FutureTask<T> inBackground(Callable<T> build) {
    FutureTask<T> task = new FutureTask<>(build);
    Thread.ofPlatform().daemon().name("client").start(task);
    return task;
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C build(
      B builder, String clientRegion) {
    return builder
        .region(Region.of(clientRegion))
        .httpClient(http)
        .credentialsProvider(credentials)
        .overrideConfiguration(configuration())
        .build();
  }

  /**
   * Waits until both clients are built.
   *
   * @throws RequestFailedException if one of them can't be built
   */
  public void await() {
    iam();
    eks(region);
  }

  @Override
  public void close() {
    iam().close();
    eks(region).close();
    eksOfOtherRegions.values().forEach(EksClient::close);
    cloudFormation.values().forEach(CloudFormationClient::close);
    http.close();
  }

  /** Returns the function's Region. */
  String region() {
    return region;
  }

  IamClient iam() {
    return await(iam);
  }

  EksClient eks(String clusterRegion) {
    return clusterRegion.equals(region)
        ? await(eks)
        : eksOfOtherRegions.computeIfAbsent(
            clusterRegion, name -> build(EksClient.builder(), checked(name)));
  }

  /** Returns a client of CloudFormation, which only an audit needs. */
  CloudFormationClient cloudFormation(String stackRegion) {
    return cloudFormation.computeIfAbsent(
        stackRegion, name -> build(CloudFormationClient.builder(), checked(name)));
  }

  /**
   * Returns the name of a Region of the function's partition, from which the host of an endpoint is
   * made.
   *
   * @throws RequestFailedException if it is anything else
   */
  private String checked(String name) {
    if (!name.equals(region)
        && Partition.ofRegion(name).filter(p -> p.id().equals(partition())).isEmpty()) {
      throw new RequestFailedException(
          "%s is not a Region of the partition %s."
              .formatted(ResourceProperties.quoted(name), partition()));
    }
    return name;
  }

  /** Returns the partition of the function's Region. */
  String partition() {
    return PartitionMetadata.of(Region.of(region)).id();
  }

  private static <T> T await(FutureTask<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      Throwable root = e.getCause();
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new RequestFailedException(
          ("The function's AWS clients can't be set up: %s: %s. Check the function's environment"
                  + " variables and its package, and deploy it again.")
              .formatted(
                  root.getClass().getName(), AwsErrors.truncate(String.valueOf(root.getMessage()))),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineExceededException(
          "The function reached its deadline while it was setting up its AWS clients.");
    }
  }

  /** Returns the strategy by which every call is retried. */
  static StandardRetryStrategy retryStrategy() {
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(MAX_ATTEMPTS)
        .treatAsThrottling(ThrottledAttempts::count)
        // The circuit breaker's token bucket outlives a request: failures of one request
        // would take retries from the next one.
        .circuitBreakerEnabled(false)
        // Both pass, but the SDK does not retry them by itself.
        .retryOnException(ConcurrentModificationException.class)
        .retryOnException(OpenIdIdpCommunicationErrorException.class)
        .retryOnException(AwsClients::isTruncated)
        .build();
  }

  private static ClientOverrideConfiguration configuration() {
    return ClientOverrideConfiguration.builder()
        // A function has no profile files, so the SDK does not search for them.
        .defaultProfileFileSupplier(ProfileFileSupplier.fixedProfileFile(NO_PROFILES))
        .retryStrategy(retryStrategy())
        .build();
  }

  /**
   * Whether AWS's response was truncated: a success that the SDK can't parse, or an error without a
   * code. The SDK retries this for JSON, but not for IAM's XML.
   */
  private static boolean isTruncated(Throwable failure) {
    return switch (failure) {
      case AwsServiceException error ->
          error.awsErrorDetails() == null || error.awsErrorDetails().errorCode() == null;
      case SdkClientException error ->
          String.valueOf(error.getMessage()).startsWith("Unable to unmarshall response");
      default -> false;
    };
  }
}
