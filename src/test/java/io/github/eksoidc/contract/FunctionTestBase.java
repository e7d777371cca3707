package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One account and one function for the tests of a class; each test finds the account empty. */
abstract class FunctionTestBase {

  static final String ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
  static final String OTHER_ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210";
  static final String ARN = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER;
  static final String OTHER_ARN = "arn:aws:iam::111122223333:oidc-provider/" + OTHER_ISSUER;
  static final String STACK = "one";
  static final String OTHER_STACK = "two";

  /** As CloudFormation makes one up for a Create that has not answered. */
  static final String INVENTED_ID = "one-Provider-1ABCDEFGHIJK";

  static InMemoryAws aws;
  static FunctionProcess function;
  static FunctionClient player;

  @BeforeAll
  static void startFunction() {
    aws = InMemoryAws.start();
    function = FunctionProcess.start(aws, FunctionZip.unpack());
    player = new FunctionClient(aws, function);
    // So that no test's time is that of a cold start.
    player.play(TestEvents.create(STACK, TestEvents.properties("ClusterName", "none")));
  }

  @AfterAll
  static void stopFunction() {
    function.close();
    aws.close();
  }

  @BeforeEach
  void emptyAccount() {
    aws.faults().clear();
    aws.denied().clear();
    aws.iam().list().forEach(aws.iam()::delete);
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    aws.eks().put("eu-west-1", "other", InMemoryEks.Cluster.active("https://" + OTHER_ISSUER));
  }

  static Map<String, Object> main(Object... more) {
    Map<String, Object> properties = TestEvents.properties("ClusterName", "main");
    properties.putAll(TestEvents.properties(more));
    return properties;
  }

  static InvocationResult create(Map<String, Object> properties) {
    return player.play(TestEvents.create(STACK, properties));
  }

  static InvocationResult update(
      String id, Map<String, Object> properties, Map<String, Object> old) {
    return player.play(TestEvents.update(STACK, id, properties, old));
  }

  static InvocationResult delete(String id, Map<String, Object> properties) {
    return player.play(TestEvents.delete(STACK, id, properties));
  }

  static InvocationResult created(Map<String, Object> properties) {
    return succeeded(create(properties));
  }

  static InvocationResult succeeded(InvocationResult played) {
    assertThat(played.status()).as("%s", played).isEqualTo("SUCCESS");
    return played;
  }

  static InvocationResult failed(InvocationResult played) {
    assertThat(played.status()).as("%s", played).isEqualTo("FAILED");
    return played;
  }

  static Optional<InMemoryIam.Entry> provider(String arn) {
    return Optional.ofNullable(aws.iam().all().get(arn));
  }

  static InMemoryIam.Entry provider() {
    return provider(ARN).orElseThrow();
  }

  /** The tags that are not the function's own. */
  static Map<String, String> userTags() {
    Map<String, String> tags = new java.util.TreeMap<>(provider().tags());
    tags.keySet().removeIf(key -> key.startsWith("eks-oidc-provider/"));
    return tags;
  }

  /** A provider that somebody else made. */
  static void foreignProvider(List<String> audiences, Map<String, String> tags) {
    aws.iam().create("https://" + ISSUER, audiences, List.of(), tags);
  }

  static boolean changedNothing(InvocationResult played) {
    return played.actions().stream()
        .allMatch(a -> a.contains(":Describe") || a.contains(":Get") || a.contains(":List"));
  }
}
