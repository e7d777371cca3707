package io.github.eksoidc.priming;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.invocation.EventHandler;
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Runs every kind of request against {@link AwsStub}, so that its code is loaded and compiled
 * before the first event. It makes no connection beyond loopback, and leaves no thread, connection
 * or setting.
 */
public final class Priming {

  private static final int ROUNDS = 150;
  private static final Duration MAX_DURATION = Duration.ofSeconds(20);
  private static final int REMAINING_MILLIS = 30_000;

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

  /** Runs the priming for a snapshot. */
  public static void run() throws IOException, GeneralSecurityException {
    try (PrintStream noLog = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
      run(ROUNDS, noLog);
    }
  }

  /**
   * Runs a number of rounds.
   *
   * @param log receives the log lines
   */
  public static void run(int rounds, PrintStream log) throws IOException, GeneralSecurityException {
    startTlsHandshake();
    Map<String, String> before = new LinkedHashMap<>();
    SETTINGS.forEach(
        (name, value) -> {
          before.put(name, System.getProperty(name));
          System.setProperty(name, value);
        });
    try {
      runRounds(rounds, log);
    } finally {
      before.forEach(Priming::restore);
    }
  }

  private static void restore(String name, String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  private static void runRounds(int rounds, PrintStream log) throws IOException {
    try (AwsStub aws = AwsStub.start();
        AwsClients clients = AwsClients.forEndpoint(aws.endpoint(), REGION)) {
      var handler = new EventHandler(REGION, () -> clients);
      var context = new StubContext(AwsStub.FUNCTION, REMAINING_MILLIS);
      long end = System.nanoTime() + MAX_DURATION.toNanos();
      for (int round = 1; !aws.isClosing(); round++) {
        if (round >= rounds || System.nanoTime() > end) {
          // The last round closes the connections that the other rounds have reused.
          aws.closeConnections();
        }
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
          handler.handle(event, OutputStream.nullOutputStream(), context, log);
        }
      }
    }
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
