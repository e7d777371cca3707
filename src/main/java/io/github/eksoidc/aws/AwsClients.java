package io.github.eksoidc.aws;

import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
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
  private static final int MAX_ATTEMPTS = 8;

  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  static {
    // Or the JDK by itself repeats a POST whose connection broke: a deletion could be done twice.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final SdkHttpClient http;
  private final String region;
  private final Optional<URI> endpoint;
  private final AwsCredentialsProvider credentials;
  private final FutureTask<IamClient> iam;
  private final FutureTask<EksClient> eks;
  private final Map<String, EksClient> eksElsewhere = new ConcurrentHashMap<>();
  private final AtomicLong request = new AtomicLong();

  /**
   * Clients of the AWS that the SDK's settings name.
   *
   * @param region where the function runs; any of a partition finds that partition's IAM
   * @param restored whether Lambda restores the function from a snapshot
   */
  public AwsClients(String region, boolean restored) {
    this(region, Optional.empty(), credentials(restored));
  }

  /**
   * Lambda gives credentials by environment variables; to a function that it restores from
   * snapshots, at an endpoint, which is asked only when the function has been restored.
   */
  private static AwsCredentialsProvider credentials(boolean restored) {
    AwsCredentialsProvider variables = EnvironmentVariableCredentialsProvider.create();
    return restored
        ? AwsCredentialsProviderChain.of(ContainerCredentialsProvider.builder().build(), variables)
        : variables;
  }

  /** Clients of an AWS elsewhere, with credentials that it serves, too. */
  public static AwsClients at(URI endpoint, String region) {
    return new AwsClients(
        region,
        Optional.of(endpoint),
        // A chain as well, so that priming goes the way that a restored function goes.
        AwsCredentialsProviderChain.of(
            ContainerCredentialsProvider.builder().endpoint(endpoint.toString()).build()));
  }

  /**
   * The clients are built in threads of their own, at the same time and while an event is read: it
   * is what most of a start is spent on. What goes wrong there is thrown to who asks for a client.
   */
  private AwsClients(String region, Optional<URI> endpoint, AwsCredentialsProvider credentials) {
    this.region = region;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.http = UrlConnectionHttpClient.create(AwsClients::connect);
    this.iam = start(() -> build(IamClient.builder(), region));
    this.eks = start(() -> build(EksClient.builder(), region));
  }

  /**
   * The JDK's own connections, whose TLS context the PUT of the answer shares: the HTTP client's
   * default would read the trust store once more.
   */
  private static HttpURLConnection connect(URI uri) {
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

  private static <T> FutureTask<T> start(Callable<T> build) {
    FutureTask<T> task = new FutureTask<>(build);
    Thread.ofPlatform().daemon().name("client").start(task);
    return task;
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C build(
      B builder, String where) {
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(Region.of(where))
        .httpClient(http)
        .credentialsProvider(credentials)
        .overrideConfiguration(retrying())
        .build();
  }

  /** From now on the clients work for another request: the last one's throttling is forgotten. */
  public void nextRequest() {
    request.incrementAndGet();
  }

  /** Waits until the clients are built; throws what went wrong. */
  public void await() {
    iam();
    eks(region);
  }

  @Override
  public void close() {
    iam().close();
    eks(region).close();
    eksElsewhere.values().forEach(EksClient::close);
    http.close();
  }

  IamClient iam() {
    return built(iam);
  }

  EksClient eks(String where) {
    return where.equals(region)
        ? built(eks)
        : eksElsewhere.computeIfAbsent(where, name -> build(EksClient.builder(), name));
  }

  private static <T> T built(FutureTask<T> task) {
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
                  root.getClass().getName(), AwsErrors.cut(String.valueOf(root.getMessage()))),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineExceededException(
          "The time was up while the AWS clients were being set up.");
    }
  }

  private ClientOverrideConfiguration retrying() {
    return ClientOverrideConfiguration.builder()
        // Lambda has no profiles: nothing is looked for in files.
        .defaultProfileFileSupplier(ProfileFileSupplier.fixedProfileFile(NO_PROFILES))
        .retryStrategy(
            new RequestRetries(
                AwsRetryStrategy.adaptiveRetryStrategy().toBuilder()
                    .maxAttempts(MAX_ATTEMPTS)
                    // The SDK does not count it as passing, though IAM says "try again".
                    .retryOnException(ConcurrentModificationException.class)
                    .retryOnException(AwsClients::isCutShort)
                    .build(),
                request))
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
