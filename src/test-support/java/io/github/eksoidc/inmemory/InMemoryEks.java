package io.github.eksoidc.inmemory;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The EKS clusters of one account, in all Regions, and DescribeCluster and ListClusters over
 * REST-JSON.
 */
public final class InMemoryEks {

  private static final int PAGE = 100;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A cluster.
   *
   * @param issuer empty while the cluster has none
   * @param config the member that only a cluster on Outposts or a connected cluster has
   */
  public record Cluster(
      String status, String version, Optional<String> issuer, Optional<String> config) {

    /** A cluster whose control plane runs in its Region. */
    public Cluster(String status, String version, Optional<String> issuer) {
      this(status, version, issuer, Optional.empty());
    }

    /** Returns an active cluster. */
    public static Cluster active(String issuer) {
      return new Cluster("ACTIVE", "1.33", Optional.of(issuer));
    }
  }

  private final String partition;
  private final String account;
  private final Map<String, Cluster> clusters = new ConcurrentHashMap<>();

  InMemoryEks(String partition, String account) {
    this.partition = partition;
    this.account = account;
  }

  /** Creates a cluster or replaces its state. */
  public void put(String region, String name, Cluster cluster) {
    clusters.put(region + "/" + name, cluster);
  }

  public void remove(String region, String name) {
    clusters.remove(region + "/" + name);
  }

  /** Removes all clusters. */
  public void clear() {
    clusters.clear();
  }

  Reply describe(String region, String name, String requestId) {
    Cluster cluster = clusters.get(region + "/" + name);
    if (cluster == null) {
      throw new AwsError(
          "ResourceNotFoundException", 404, "No cluster found for name: " + name + ".");
    }
    ObjectNode node = JSON.createObjectNode();
    ObjectNode inner = node.putObject("cluster");
    inner.put("name", name);
    inner.put("arn", "arn:%s:eks:%s:%s:cluster/%s".formatted(partition, region, account, name));
    inner.put("createdAt", 1767225600.123);
    inner.put("version", cluster.version());
    inner.put("status", cluster.status());
    inner.put("platformVersion", "eks.4");
    inner.putObject("tags");
    cluster.config().ifPresent(config -> addConfig(inner, config));
    cluster
        .issuer()
        .ifPresent(issuer -> inner.putObject("identity").putObject("oidc").put("issuer", issuer));
    return Reply.of(200, "application/json", node.toString(), requestId);
  }

  /** EKS API Reference, Cluster. A connected cluster has neither version nor platform version. */
  private static void addConfig(ObjectNode cluster, String name) {
    switch (name) {
      case "outpostConfig" -> {
        ObjectNode config = cluster.putObject("outpostConfig");
        config.putArray("outpostArns").add("arn:aws:outposts:eu-west-1:111122223333:outpost/op-1");
        config.put("controlPlaneInstanceType", "m5.large");
        cluster.put("id", "1a2b3c4d-0000-4000-8000-000000000000");
      }
      case "connectorConfig" -> {
        cluster.remove(List.of("version", "platformVersion"));
        ObjectNode config = cluster.putObject("connectorConfig");
        config.put("activationId", "1a2b3c4d-0000-4000-8000-000000000000");
        config.put("provider", "EKS_ANYWHERE");
      }
      default -> throw new IllegalArgumentException(name);
    }
  }

  /** ListClusters, in pages of 100. */
  Reply list(String region, String from, String requestId) {
    List<String> names =
        clusters.keySet().stream()
            .filter(key -> key.startsWith(region + "/"))
            .map(key -> key.substring(region.length() + 1))
            .sorted()
            .toList();
    int start = from.isEmpty() ? 0 : Integer.parseInt(from);
    int end = Math.min(names.size(), start + PAGE);
    ObjectNode node = JSON.createObjectNode();
    names.subList(start, end).forEach(node.putArray("clusters")::add);
    if (end < names.size()) {
      node.put("nextToken", String.valueOf(end));
    }
    return Reply.of(200, "application/json", node.toString(), requestId);
  }

  static Reply error(AwsError error, String requestId) {
    ObjectNode node = JSON.createObjectNode();
    node.put("__type", error.code());
    node.put("message", error.getMessage());
    Reply plain = Reply.of(error.status(), "application/json", node.toString(), requestId);
    Map<String, String> headers = new java.util.HashMap<>(plain.headers());
    headers.put("x-amzn-ErrorType", error.code());
    return new Reply(plain.status(), headers, plain.body());
  }
}
