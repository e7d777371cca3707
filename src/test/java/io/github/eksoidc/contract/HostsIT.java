package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks.Cluster;
import io.github.eksoidc.inmemory.RecordingProxy;
import io.github.eksoidc.simulation.HostileTags;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.RegionMetadata;

/**
 * The function with the endpoints that the SDK chooses, behind a proxy that records the hosts of
 * its calls: each is one of AWS, whatever tags, properties and ids say.
 */
@Order(0)
class HostsIT {

  private static final String PASSWORD = "changeit";

  /** What a host could be made of. */
  private static final List<String> PLACES =
      List.of(
          "us-east-1",
          "cn-north-1",
          "us-gov-west-1",
          "zz-west-9",
          "EU-WEST-1",
          "eu-west-1.example.com",
          "x@abc123.execute-api.us-east-1",
          "evil.example.com",
          "localhost:8080",
          "..",
          "");

  @TempDir private static Path folder;

  @Test
  void eachIsOneOfAws() throws Exception {
    Path keyStore = keyStore();
    try (InMemoryAws aws = InMemoryAws.start();
        RecordingProxy proxy = aws.addProxy(keyStore, PASSWORD);
        FunctionProcess function =
            FunctionProcess.start(
                aws,
                FunctionZip.unpack(),
                Map.of("AWS_ENDPOINT_URL", ""),
                List.of(
                    "-Dhttps.proxyHost=127.0.0.1",
                    "-Dhttps.proxyPort=" + proxy.port(),
                    "-Dhttp.proxyHost=127.0.0.1",
                    "-Dhttp.proxyPort=" + proxy.port(),
                    "-Dhttp.nonProxyHosts=127.0.0.1",
                    "-Djavax.net.ssl.trustStore=" + keyStore,
                    "-Djavax.net.ssl.trustStorePassword=" + PASSWORD))) {
      FunctionClient client = new FunctionClient(aws, function);
      SplittableRandom random = new SplittableRandom(20260129);
      for (int i = 0; i < TestSize.of(1, 20); i++) {
        play(aws, client, random);
      }

      assertThat(proxy.hosts())
          .contains(
              "iam.amazonaws.com:443",
              "eks.eu-west-1.amazonaws.com:443",
              "eks.us-east-1.amazonaws.com:443",
              "cloudformation.eu-west-1.amazonaws.com:443",
              "cloudformation.us-east-1.amazonaws.com:443")
          .isSubsetOf(hostsOfAws());
    }
  }

  /** The requests of a stack, and an audit, with odd values wherever one can stand. */
  private static void play(InMemoryAws aws, FunctionClient client, SplittableRandom random)
      throws IOException {
    aws.iam().reset();
    aws.eks().clear();
    aws.eks().put("eu-west-1", "main", Cluster.active("https://" + FunctionTestBase.ISSUER));
    Map<String, Object> main = TestEvents.properties("ClusterName", "main");
    FunctionTestBase.succeeded(client.send(TestEvents.create("one", main)));
    Map<String, String> tags =
        HostileTags.some(random, aws.iam().get(FunctionTestBase.ARN), Instant.now());
    for (int i = 0; i < PLACES.size(); i++) {
      String place = PLACES.get(i);
      tags.put(
          "eks-oidc-provider/claim/%032x/r".formatted(i),
          "x/Oidc Create r 2026-01-01T00:00:00Z %s/main %s"
              .formatted(place, place)
              .replaceAll("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]", "_"));
    }
    aws.iam().tag(FunctionTestBase.ARN, tags);
    client.send(
        "{\"Audit\": \"Report\"}".getBytes(UTF_8), FunctionClient.nextKey(), Duration.ofMinutes(2));
    for (String place : PLACES) {
      String issuer = FunctionTestBase.ISSUER.replace("eu-west-1", place);
      for (ObjectNode event :
          List.of(
              TestEvents.create(
                  "two", TestEvents.properties("ClusterName", "main", "ClusterRegion", place)),
              TestEvents.create("two", TestEvents.properties("Url", "https://" + issuer)),
              TestEvents.delete("two", "arn:aws:iam::111122223333:oidc-provider/" + issuer, main),
              TestEvents.delete("two", "incomplete/r/" + issuer, main))) {
        event.put("StackId", TestEvents.stack("two").replace("eu-west-1", place));
        client.send(event);
      }
    }
    FunctionTestBase.succeeded(client.send(TestEvents.delete("one", FunctionTestBase.ARN, main)));
  }

  private static Set<String> hostsOfAws() {
    Set<String> hosts = new TreeSet<>(Set.of("iam.amazonaws.com:443"));
    for (String region : regions()) {
      hosts.add("eks." + region + ".amazonaws.com:443");
      hosts.add("cloudformation." + region + ".amazonaws.com:443");
    }
    return hosts;
  }

  private static List<String> regions() {
    return Region.regions().stream()
        .filter(region -> !region.isGlobalRegion())
        .map(RegionMetadata::of)
        .filter(region -> region != null && region.partition().id().equals("aws"))
        .map(RegionMetadata::id)
        .toList();
  }

  /** A certificate for the hosts of AWS, which the function trusts. */
  private static Path keyStore() throws IOException, InterruptedException {
    Path file = folder.resolve("proxy.p12");
    String names =
        regions().stream()
            .map(region -> "dns:*." + region + ".amazonaws.com")
            .collect(Collectors.joining(",", "san=dns:iam.amazonaws.com,", ""));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "proxy", "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=proxy", "-ext", names));
    command.addAll(List.of("-keystore", file.toString(), "-storepass", PASSWORD));
    Process keytool = new ProcessBuilder(command).inheritIO().start();
    assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return file;
  }
}
