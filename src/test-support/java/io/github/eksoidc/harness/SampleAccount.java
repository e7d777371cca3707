package io.github.eksoidc.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryCloudFormation.Resource;
import io.github.eksoidc.inmemory.InMemoryCloudFormation.Stack;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.ownership.OwnershipTags;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Fills an account with clusters, stacks and providers that have existed for some time. */
public final class SampleAccount {

  private static final String REGION = "eu-west-1";
  private static final String LOGICAL_ID = "Provider";
  private static final String REQUEST_ID = "00000000-0000-4000-8000-000000000000";
  private static final Resource VPC = Resource.complete("AWS::EC2::VPC", "vpc-0a1b2c3d");

  private final InMemoryAws aws;

  public SampleAccount(InMemoryAws aws) {
    this.aws = aws;
  }

  /** Creates an account in which an audit finds one of each kind, and things it can't know. */
  public static SampleAccount fill(InMemoryAws aws) {
    SampleAccount account = new SampleAccount(aws);
    for (String cluster : List.of("payments", "search", "reports", "batch", "orders", "web")) {
      account.cluster(REGION, cluster);
    }
    account.stack("payments-cluster", "payments");
    account.stack("payments-roles", "payments", "other-account");
    account.stack("search-roles", "search");
    account.stack("legacy", "legacy");
    account.stack("batch", "batch");
    account.stack("vault", "reports");
    // Somebody has deleted the provider of one stack, and the tags of another's.
    account.stack("orders", "orders");
    account.stack("web", "web");
    account.provider("web", List.of("sts.amazonaws.com"), Map.of(), "");
    account.managed("payments", "payments-cluster", "payments-roles");
    // A stack that does not exist any more.
    account.managed("search", "search-roles", "search-old");
    // A cluster that has been deleted, although a stack still uses its provider.
    account.managed("legacy", "legacy");
    account.provider(
        "batch",
        List.of("sts.amazonaws.com"),
        account.managedTags("batch", "batch"),
        "0a1b2c3d4e5f6071");
    account.provider("reports", List.of("vault"), account.managedTags("reports", "vault"), "");
    account.provider(
        "unclaimed", List.of("sts.amazonaws.com"), Map.of(OwnershipTags.MANAGED, "true"), "");
    account.provider(
        "left-by-eksctl",
        List.of("sts.amazonaws.com"),
        Map.of("alpha.eksctl.io/cluster-name", "left-by-eksctl"),
        "");
    account.provider(
        "other-account",
        List.of("sts.amazonaws.com"),
        account.claimTags("payments-roles", LOGICAL_ID + 2, ""),
        "");
    aws.iam()
        .put(
            "https://oidc-eks.eu-west-1.api.aws/id/" + id("payments"),
            old(),
            List.of("sts.amazonaws.com"),
            Map.of());
    aws.iam()
        .put(
            "https://token.actions.githubusercontent.com",
            old(),
            List.of("sts.amazonaws.com"),
            Map.of());
    return account;
  }

  /** Creates a cluster. */
  public void cluster(String region, String name) {
    aws.eks().put(region, name, InMemoryEks.Cluster.active("https://" + issuer(region, name)));
  }

  /** Creates a stack with a provider of each cluster, the first under the usual logical id. */
  public void stack(String name, String... clusters) {
    Stack stack = Stack.complete(TestEvents.stack(name)).with("Vpc", VPC);
    for (int i = 0; i < clusters.length; i++) {
      stack = stack.with(LOGICAL_ID + (i == 0 ? "" : i + 1), resource(clusters[i]));
    }
    aws.cloudFormation().put(stack);
  }

  /** Returns a stack's resource that has the provider of a cluster. */
  public static Resource resource(String cluster) {
    return Resource.complete("Custom::EksOidcProvider", arn(cluster));
  }

  /** Returns the ARN of the provider of a cluster. */
  public static String arn(String cluster) {
    return "arn:aws:iam::111122223333:oidc-provider/" + issuer(REGION, cluster);
  }

  /** Creates the provider of a cluster, with the claims of stacks; returns its ARN. */
  public String managed(String cluster, String... stacks) {
    return provider(cluster, List.of("sts.amazonaws.com"), managedTags(cluster, stacks), "");
  }

  /** Returns the tags of a managed provider with claims of stacks that name a cluster. */
  public Map<String, String> managedTags(String cluster, String... stacks) {
    Map<String, String> tags = new TreeMap<>();
    tags.put(OwnershipTags.MANAGED, "true");
    for (String stack : stacks) {
      tags.putAll(claimTags(stack, cluster));
    }
    return tags;
  }

  /**
   * Returns the tag of a claim.
   *
   * @param cluster the cluster that the template names; empty if it gives the issuer
   */
  public Map<String, String> claimTags(String stack, String cluster) {
    return claimTags(stack, LOGICAL_ID, cluster);
  }

  private Map<String, String> claimTags(String stack, String logicalId, String cluster) {
    Claimant claimant = Claimant.of(new LogicalResource(TestEvents.stack(stack), logicalId));
    return Map.of(
        claimant.key() + "/" + REQUEST_ID,
        "%s Create %s %s %s"
            .formatted(
                claimant.owner(),
                REQUEST_ID,
                old(),
                cluster.isEmpty() ? REGION : REGION + "/" + cluster));
  }

  /** Returns a stack's resource as a claimant. */
  public static Claimant claimant(String stack) {
    return Claimant.of(new LogicalResource(TestEvents.stack(stack), LOGICAL_ID));
  }

  /**
   * Creates a provider.
   *
   * @param deadLease the nonce of a lease that expired long ago; empty for none
   */
  public String provider(
      String cluster, List<String> audiences, Map<String, String> tags, String deadLease) {
    Map<String, String> all = new LinkedHashMap<>(tags);
    if (!deadLease.isEmpty()) {
      all.put(OwnershipTags.LEASE + deadLease, old().toString());
    }
    return aws.iam().put("https://" + issuer(REGION, cluster), old(), audiences, all);
  }

  /** Returns the issuer of a cluster, host and path. */
  public static String issuer(String region, String cluster) {
    return "oidc.eks.%s.amazonaws.com/id/%s".formatted(region, id(cluster));
  }

  /** Returns 32 hex digits for a name. */
  private static String id(String cluster) {
    return UUID.nameUUIDFromBytes(cluster.getBytes(UTF_8))
        .toString()
        .replace("-", "")
        .toUpperCase(Locale.ROOT);
  }

  private static Instant old() {
    return Instant.now().minus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS);
  }
}
