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
 * Does every kind of request over and over, so that its code is loaded and compiled before it is
 * needed. AWS and CloudFormation are played by {@link AwsStub} in this process; nothing leaves it,
 * and nothing is left behind.
 */
public final class Priming {

  private static final int ROUNDS = 150;
  private static final Duration MAX_DURATION = Duration.ofSeconds(20);
  private static final int MILLIS = 30_000;

  /** Where the SDK looks for the path of credentials, and for what traces a request. */
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

  /** Runs, for some seconds at the most. */
  public static void run() throws IOException, GeneralSecurityException {
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
      run(ROUNDS, nowhere);
    }
  }

  /** Runs so many rounds, and writes what the function logs of them. */
  public static void run(int rounds, PrintStream log) throws IOException, GeneralSecurityException {
    beginTls();
    Map<String, String> before = new LinkedHashMap<>();
    SETTINGS.forEach(
        (name, value) -> {
          before.put(name, System.getProperty(name));
          System.setProperty(name, value);
        });
    try {
      play(rounds, log);
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

  /** Plays every kind of request, so often; what the function would log of it goes to a stream. */
  private static void play(int rounds, PrintStream log) throws IOException {
    try (AwsStub aws = AwsStub.start();
        AwsClients clients = AwsClients.at(aws.endpoint(), REGION)) {
      var handling = new EventHandler(() -> clients);
      var context = new StubContext(AwsStub.FUNCTION, MILLIS);
      long end = System.nanoTime() + MAX_DURATION.toNanos();
      for (int round = 1; !aws.isClosing(); round++) {
        if (round >= rounds || System.nanoTime() > end) {
          // The last round gives up the connections that the others have reused.
          aws.closeConnections();
        }
        String changed =
            """
            {"ClusterName": "priming", "ClientIdList": ["a"],
             "Tags": [{"Key": "k", "Value": "v%d"}]}
            """
                .formatted(round);
        for (var step :
            List.of(
                // A provider that is made, left as it is, brought to something else, taken down.
                event(aws, "Create", EksOidcProvider.TYPE, CLUSTER),
                event(aws, "Update", EksOidcProvider.TYPE, CLUSTER),
                event(aws, "Update", EksOidcProvider.TYPE, changed),
                event(aws, "Delete", EksOidcProvider.TYPE, CLUSTER),
                // A refusal, and a trust policy.
                event(aws, "Create", EksOidcProvider.TYPE, "{\"ClusterNam\": \"priming\"}"),
                event(aws, "Create", IrsaTrustPolicy.TYPE, TRUST.formatted(AwsStub.ARN)))) {
          handling.handle(step, OutputStream.nullOutputStream(), context, log);
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

  /** The first words of a TLS connection, to nobody: trust anchors and algorithms are loaded. */
  private static void beginTls() throws GeneralSecurityException, SSLException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    engine.beginHandshake();
    engine.wrap(
        ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
  }
}
