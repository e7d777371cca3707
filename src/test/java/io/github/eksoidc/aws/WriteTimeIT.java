package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** How long the attempts of one write take if IAM accepts connections and never responds. */
@Tag("thorough")
class WriteTimeIT {

  private static final Issuer ISSUER =
      Issuer.ofName("oidc.eks.eu-west-1.amazonaws.com/id/" + "A".repeat(32));
  private static final ProviderArn ARN =
      ProviderArn.parse("arn:aws:iam::111122223333:oidc-provider/" + ISSUER.name()).orElseThrow();

  static final List<Optional<Change>> WRITES =
      List.of(
          Optional.empty(), // the creation
          Optional.of(new Change.AddAudience("a")),
          Optional.of(new Change.RemoveAudience("a")),
          Optional.of(new Change.ReplaceThumbprints(List.of("a".repeat(40)))),
          Optional.of(new Change.PutTags(Map.of("k", "v"))),
          Optional.of(new Change.RemoveTags(Set.of("k"))));

  /** {@code Lease.LATEST_CALL}: the other requests rely on it after that. */
  @ParameterizedTest
  @FieldSource("WRITES")
  void aWriteIsOverWithinAMinute(Optional<Change> write) throws IOException {
    List<Socket> attempts = new ArrayList<>();
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        AwsClients clients =
            AwsClients.forStub(
                URI.create("http://localhost:" + server.getLocalPort()), "eu-west-1", false)) {
      Thread.ofVirtual().start(() -> accept(server, attempts));
      IamProviders providers = new IamProviders(clients, AwsExpectations.PLAIN_CALLS);
      Instant begin = Instant.now();
      assertThatThrownBy(() -> make(write, providers)).isInstanceOf(AwsCallException.class);
      assertThat(Duration.between(begin, Instant.now()))
          .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
      assertThat(attempts).hasSizeBetween(2, 4);
    }
  }

  private static void make(Optional<Change> write, IamProviders providers) {
    if (write.isPresent()) {
      providers.change(ARN, write.get());
    } else {
      providers.create(
          ISSUER, new DesiredState(List.of("a"), Optional.empty(), ProviderTags.none()), Map.of());
    }
  }

  private static void accept(ServerSocket server, List<Socket> attempts) {
    try {
      while (true) {
        attempts.add(server.accept());
      }
    } catch (IOException _) {
      // The test is over.
    }
  }
}
