package io.github.eksoidc.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.aws.AwsClients;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Does every kind of request over and over, so that its code is loaded and compiled before it is
 * needed. AWS and CloudFormation are played by {@link CannedAws} in this process; nothing leaves
 * it, and nothing is left behind.
 */
final class Priming {

  private static final int ROUNDS = 60;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Where the SDK asks for the path of a function's credentials. */
  private static final String CREDENTIALS = "aws.containerCredentialsPath";

  private static final String REGION = "eu-west-1";

  private static final String EVENT =
      """
      {"RequestType": "%s", "ServiceToken": "t", "ResponseURL": "%s", "StackId": "%s",
       "RequestId": "priming", "LogicalResourceId": "Priming", "ResourceType": "%s",
       "PhysicalResourceId": "%s", "ResourceProperties": %s,
       "OldResourceProperties": {"ClusterName": "priming"}}
      """;

  private static final String TRUST =
      """
      {"ServiceToken": "t", "ProviderArn": "%s", "ServiceAccounts": ["a:b", "a:c-*"]}
      """;

  private Priming() {}

  /** Runs, for some seconds at the most. */
  static void run() throws IOException, GeneralSecurityException {
    beginTls();
    String before = System.getProperty(CREDENTIALS);
    System.setProperty(CREDENTIALS, CannedAws.CREDENTIALS);
    try {
      play();
    } finally {
      if (before == null) {
        System.clearProperty(CREDENTIALS);
      } else {
        System.setProperty(CREDENTIALS, before);
      }
    }
  }

  private static void play() throws IOException {
    try (CannedAws aws = CannedAws.start();
        AwsClients clients = AwsClients.at(aws.endpoint(), REGION)) {
      var handling =
          new Handling(
              () -> clients, new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
      long end = System.nanoTime() + LONGEST.toNanos();
      for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
        // A provider that is made, brought to something else, and taken down again.
        play(handling, aws, "Create", provider("{\"ClusterName\": \"priming\"}"));
        play(handling, aws, "Update", provider("{\"ClusterName\": \"priming\"}"));
        play(
            handling,
            aws,
            "Update",
            provider(
                """
                {"ClusterName": "priming", "ClientIdList": ["a"],
                 "Tags": [{"Key": "k", "Value": "v%d"}]}
                """
                    .formatted(round)));
        play(handling, aws, "Delete", provider("{\"ClusterName\": \"priming\"}"));
        // One that is refused, and a trust policy.
        play(handling, aws, "Create", provider("{\"ClusterNam\": \"priming\"}"));
        play(
            handling,
            aws,
            "Create",
            new Properties("Custom::IrsaTrustPolicy", TRUST.formatted(CannedAws.ARN)));
      }
    }
  }

  private record Properties(String type, String json) {}

  private static Properties provider(String json) {
    return new Properties("Custom::EksOidcProvider", json);
  }

  private static void play(
      Handling handling, CannedAws aws, String requestType, Properties properties)
      throws IOException {
    String event =
        EVENT.formatted(
            requestType,
            aws.responseUrl(),
            CannedAws.STACK,
            properties.type(),
            CannedAws.ARN,
            properties.json());
    handling.handle(event.getBytes(UTF_8), OutputStream.nullOutputStream(), new PrimingContext());
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
