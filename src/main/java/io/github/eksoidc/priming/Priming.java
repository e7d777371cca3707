package io.github.eksoidc.priming;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.invocation.EventHandler;
import io.github.eksoidc.invocation.Invocation;
import io.github.eksoidc.invocation.ResponseNotDeliveredException;
import io.github.eksoidc.resourcetype.EksOidcProvider;
import io.github.eksoidc.resourcetype.IrsaTrustPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Runs every kind of request against {@link AwsStub}, so that its code is loaded and compiled
 * before the first event. It makes no connection beyond loopback, and leaves no thread, connection
 * or setting.
 */
public final class Priming {

  /** One round loads the classes; more bring little where the processor is a share (measured). */
  private static final int ROUNDS_FOR_INIT = 1;

  /** Lambda stops the init phase after ten seconds. */
  private static final Duration MAX_INIT_TIME = Duration.ofSeconds(6);

  /** Enough for the optimizing compiler, which Lambda uses with SnapStart. */
  private static final int ROUNDS_FOR_SNAPSHOT = 150;

  private static final Duration MAX_SNAPSHOT_TIME = Duration.ofSeconds(20);

  /** System properties from which the SDK reads the path of credentials and the trace header. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "aws.containerCredentialsPath",
          AwsStub.CREDENTIALS,
          "com.amazonaws.xray.traceHeader",
          "Root=1-00000000-000000000000000000000000;Sampled=0");

  private static final String REGION = "eu-west-1";

  private static final String EVENT =
      """
      {"RequestType": "%s", "ServiceToken": "t", "ResponseURL": "%s", "StackId": "%s",
       "RequestId": "priming", "LogicalResourceId": "Priming", "ResourceType": "%s",
       "PhysicalResourceId": "%s", "ResourceProperties": %s,
       "OldResourceProperties": {"ClusterName": "priming"}}
      """;

  private static final String CLUSTER = "{\"ClusterName\": \"priming\"}";

  private static final String TRUST =
      """
      {"ServiceToken": "t", "ProviderArn": "%s", "ServiceAccounts": ["a:b", "a:c-*"]}
      """;

  private Priming() {}

  /** Primes a function that Lambda starts on demand. Ends after six seconds at the latest. */
  public static void beforeFirstEvent() throws Exception {
    run(ROUNDS_FOR_INIT, MAX_INIT_TIME, false, noLog());
  }

  /** Primes a function of which Lambda takes a snapshot. Ends after 20 seconds at the latest. */
  public static void beforeSnapshot() throws Exception {
    run(ROUNDS_FOR_SNAPSHOT, MAX_SNAPSHOT_TIME, true, noLog());
  }

  private static PrintStream noLog() {
    return new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
  }

  /**
   * Runs a number of rounds.
   *
   * @param maxTime after which the priming ends, whatever it is doing
   * @param restored whether to get credentials as in a restored function
   * @param log receives the log lines
   */
  static void run(int rounds, Duration maxTime, boolean restored, PrintStream log)
      throws Exception {
    long end = System.nanoTime() + maxTime.toNanos();
    // Beside the requests, because the init phase has two processors.
    FutureTask<Void> tls =
        new FutureTask<>(
            () -> {
              startTlsHandshake();
              return null;
            });
    Thread.ofPlatform().daemon().name("tls").start(tls);
    Map<String, String> before = new LinkedHashMap<>();
    SETTINGS.forEach(
        (name, value) -> {
          before.put(name, System.getProperty(name));
          System.setProperty(name, value);
        });
    try (AwsStub aws = AwsStub.start();
        AwsClients clients = AwsClients.forStub(aws.endpoint(), REGION, restored)) {
      var handler = new EventHandler(() -> clients);
      for (int round = 1; round <= rounds && System.nanoTime() < end; round++) {
        if (round == rounds) {
          // The other rounds have reused connections.
          aws.closeConnections();
        }
        if (!runRound(round, end, aws, handler, log)) {
          break;
        }
      }
    } finally {
      before.forEach(Priming::restore);
    }
    tls.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private static void restore(String name, String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  /** Returns false if the time is up before the end of the round. */
  private static boolean runRound(
      int round, long end, AwsStub aws, EventHandler handler, PrintStream log) throws IOException {
    String changed =
        """
        {"ClusterName": "priming", "ClientIdList": ["a"],
         "Tags": [{"Key": "k", "Value": "v%d"}]}
        """
            .formatted(round);
    for (var event :
        List.of(
            // A provider is created, left unchanged, changed and deleted.
            event(aws, "Create", EksOidcProvider.TYPE, CLUSTER),
            event(aws, "Update", EksOidcProvider.TYPE, CLUSTER),
            event(aws, "Update", EksOidcProvider.TYPE, changed),
            event(aws, "Delete", EksOidcProvider.TYPE, CLUSTER),
            // An invalid property, and a trust policy.
            event(aws, "Create", EksOidcProvider.TYPE, "{\"ClusterNam\": \"priming\"}"),
            event(aws, "Create", IrsaTrustPolicy.TYPE, TRUST.formatted(AwsStub.ARN)))) {
      Duration remaining = Duration.ofNanos(end - System.nanoTime());
      if (!remaining.isPositive()) {
        return false;
      }
      try {
        handler.handle(
            event,
            OutputStream.nullOutputStream(),
            new Invocation("priming", "priming", AwsStub.FUNCTION, REGION, remaining),
            log);
      } catch (ResponseNotDeliveredException e) {
        // The stub always accepts a response, so the time for it was too short.
        return false;
      }
    }
    return true;
  }

  private static byte[] event(
      AwsStub aws, String requestType, String resourceType, String properties) {
    return EVENT
        .formatted(
            requestType, aws.responseUrl(), AwsStub.STACK, resourceType, AwsStub.ARN, properties)
        .getBytes(UTF_8);
  }

  /** Creates a TLS ClientHello without a connection, which loads trust anchors and algorithms. */
  private static void startTlsHandshake() throws GeneralSecurityException, SSLException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    engine.beginHandshake();
    engine.wrap(
        ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
  }
}
