package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionPool;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test of the packaged function. It has a function and an account to itself while it runs, and
 * finds the account without a provider. Tests run side by side, because most of them wait.
 */
@ExtendWith(FunctionTestBase.EnvironmentPerTest.class)
abstract class FunctionTestBase {

  static final String ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
  static final String OTHER_ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210";
  static final String ARN = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER;
  static final String OTHER_ARN = "arn:aws:iam::111122223333:oidc-provider/" + OTHER_ISSUER;
  static final String STACK = "one";
  static final String OTHER_STACK = "two";

  /** An id that CloudFormation makes up if it cancels a Create that has not responded. */
  static final String INVENTED_ID = "one-Provider-1ABCDEFGHIJK";

  InMemoryAws aws;
  FunctionProcess function;
  FunctionClient client;

  /** Borrows an environment before each test and returns it afterwards. */
  static final class EnvironmentPerTest implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
        ExtensionContext.Namespace.create(EnvironmentPerTest.class);

    @Override
    public void beforeEach(ExtensionContext context) throws InterruptedException {
      FunctionPool.Environment environment = pool(context).borrow();
      context.getStore(NAMESPACE).put(FunctionPool.Environment.class, environment);
      ((FunctionTestBase) context.getRequiredTestInstance()).use(environment);
    }

    @Override
    public void afterEach(ExtensionContext context) {
      FunctionPool.Environment environment =
          context
              .getStore(NAMESPACE)
              .remove(FunctionPool.Environment.class, FunctionPool.Environment.class);
      if (environment != null) {
        pool(context).giveBack(environment);
      }
    }

    /** JUnit closes the pool after the last test. */
    private static FunctionPool pool(ExtensionContext context) {
      return context
          .getRoot()
          .getStore(NAMESPACE)
          .computeIfAbsent(FunctionPool.class, _ -> new FunctionPool(), FunctionPool.class);
    }
  }

  private void use(FunctionPool.Environment environment) {
    aws = environment.aws();
    function = environment.function();
    client = environment.client();
    emptyAccount();
  }

  void emptyAccount() {
    aws.faults().clear();
    aws.denied().clear();
    aws.iam().reset();
    aws.eks().clear();
    aws.eks().put("eu-west-1", "main", InMemoryEks.Cluster.active("https://" + ISSUER));
    aws.eks().put("eu-west-1", "other", InMemoryEks.Cluster.active("https://" + OTHER_ISSUER));
  }

  static Map<String, Object> main(Object... more) {
    Map<String, Object> properties = TestEvents.properties("ClusterName", "main");
    properties.putAll(TestEvents.properties(more));
    return properties;
  }

  /** Returns the property Tags, from alternating keys and values. */
  static List<Map<String, String>> tags(String... keysAndValues) {
    return IntStream.range(0, keysAndValues.length / 2)
        .mapToObj(i -> Map.of("Key", keysAndValues[2 * i], "Value", keysAndValues[2 * i + 1]))
        .toList();
  }

  InvocationResult create(Map<String, Object> properties) {
    return client.send(TestEvents.create(STACK, properties));
  }

  InvocationResult update(String id, Map<String, Object> properties, Map<String, Object> old) {
    return client.send(TestEvents.update(STACK, id, properties, old));
  }

  InvocationResult delete(String id, Map<String, Object> properties) {
    return client.send(TestEvents.delete(STACK, id, properties));
  }

  /** Returns the properties of a trust policy. */
  static Map<String, Object> trust(String... serviceAccounts) {
    return TestEvents.properties("ProviderArn", ARN, "ServiceAccounts", List.of(serviceAccounts));
  }

  /** Sends an event as one of a trust policy. */
  InvocationResult sendTrust(ObjectNode event) {
    return client.send(event.put("ResourceType", "Custom::IrsaTrustPolicy"));
  }

  /** Invokes the function as a person does; returns its result. */
  JsonNode invoke(String event) {
    aws.forget();
    InvocationResult result =
        client.send(event.getBytes(UTF_8), FunctionClient.nextKey(), Duration.ofMinutes(2));
    assertThat(result.responses()).isZero();
    return json(result.returned().text());
  }

  InvocationResult created(Map<String, Object> properties) {
    return succeeded(create(properties));
  }

  static InvocationResult succeeded(InvocationResult result) {
    assertThat(result.status()).as("%s", result).isEqualTo("SUCCESS");
    return result;
  }

  static InvocationResult failed(InvocationResult result) {
    assertThat(result.status()).as("%s", result).isEqualTo("FAILED");
    return result;
  }

  /** Returns the owners of the claims on a provider. */
  List<String> owners(String arn) {
    return provider(arn).orElseThrow().tags().entrySet().stream()
        .filter(tag -> tag.getKey().startsWith("eks-oidc-provider/claim/"))
        .map(tag -> tag.getValue().split(" ", 2)[0])
        .toList();
  }

  Optional<InMemoryIam.Entry> provider(String arn) {
    return Optional.ofNullable(aws.iam().all().get(arn));
  }

  InMemoryIam.Entry provider() {
    return provider(ARN).orElseThrow();
  }

  /** Returns the tags that are not the function's own. */
  Map<String, String> userTags() {
    Map<String, String> tags = new TreeMap<>(provider().tags());
    tags.keySet().removeIf(key -> key.startsWith("eks-oidc-provider/"));
    return tags;
  }

  /** Creates a provider as another tool would. */
  void foreignProvider(List<String> audiences, Map<String, String> tags) {
    aws.iam().create("https://" + ISSUER, audiences, List.of(), tags);
  }

  /** Makes all leases expire at once. A lease lasts three minutes. */
  void expireLeases() {
    String past = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.MILLIS).toString();
    aws.iam()
        .all()
        .forEach(
            (arn, entry) ->
                entry.tags().keySet().stream()
                    .filter(key -> key.startsWith("eks-oidc-provider/deleting/"))
                    .forEach(key -> aws.iam().tag(arn, Map.of(key, past))));
  }

  /** Returns the log entries of a request, with that of its response. */
  List<JsonNode> log(InvocationResult result) {
    String requestId = result.response().path("RequestId").asText();
    return log(
        entry -> entry.path("requestId").asText().equals(requestId),
        entries -> entries.stream().anyMatch(e -> e.path("message").asText().equals("response")));
  }

  /** Returns log entries of one kind, as soon as they are complete. */
  List<JsonNode> log(Predicate<JsonNode> kind, Predicate<List<JsonNode>> isComplete) {
    List<JsonNode> entries =
        entries(kind, function.output(lines -> isComplete.test(entries(kind, lines))));
    assertThat(isComplete.test(entries)).as("%s", entries).isTrue();
    return entries;
  }

  private static List<JsonNode> entries(Predicate<JsonNode> kind, List<String> lines) {
    return lines.stream().map(FunctionTestBase::json).filter(kind).toList();
  }

  static boolean isSince(Instant begin, JsonNode entry) {
    String timestamp = entry.path("timestamp").asText();
    return !timestamp.isEmpty() && !Instant.parse(timestamp).isBefore(begin);
  }

  static JsonNode json(String line) {
    try {
      return FunctionClient.JSON.readTree(line);
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
  }

  /** Returns the entries of a request that log a decision. */
  List<JsonNode> decisions(InvocationResult result) {
    return log(result).stream().filter(e -> e.path("message").asText().equals("decision")).toList();
  }

  static boolean changedNothing(InvocationResult result) {
    return result.actions().stream()
        .allMatch(a -> a.contains(":Describe") || a.contains(":Get") || a.contains(":List"));
  }
}
