package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The log is the record of who changed which trust, and the queries of the documentation find it.
 */
class LogIT extends FunctionTestBase {

  private static final Pattern QUERY = Pattern.compile("(?ms)^```\\n(fields .*?)^```$");

  @Test
  void aTrustPolicyLogsWhomItTrustsAndWhatChanged() {
    Map<String, Object> before = trust("default:app", "team:api-*");
    InvocationResult create = succeeded(sendTrust(TestEvents.create(STACK, before)));
    JsonNode written = decision(create, "written");
    assertThat(texts(written.path("providers"))).containsExactly(ARN);
    assertThat(texts(written.path("serviceAccounts"))).containsExactly("default:app", "team:api-*");
    assertThat(texts(written.path("audiences"))).containsExactly("sts.amazonaws.com");
    assertThat(written.path("podIdentity").isBoolean()).isTrue();
    assertThat(written.has("changed")).isFalse();
    assertThat(written.path("stackId").asText()).isEqualTo(TestEvents.stack(STACK));
    assertThat(written.path("logicalResourceId").asText()).isEqualTo("Provider");

    Map<String, Object> after = trust("team:api-*", "default:other");
    after.put("PodIdentity", "true");
    InvocationResult update =
        succeeded(sendTrust(TestEvents.update(STACK, create.physicalId(), after, before)));
    JsonNode changed = decision(update, "written").path("changed");
    assertThat(changed.toString())
        .isEqualTo(
            """
            {"ServiceAccounts":{"added":["default:other"],"removed":["default:app"]},\
            "PodIdentity":{"added":["true"],"removed":[]}}\
            """);

    InvocationResult delete =
        succeeded(sendTrust(TestEvents.delete(STACK, create.physicalId(), after)));
    assertThat(texts(decision(delete, "no longer written").path("serviceAccounts")))
        .containsExactly("team:api-*", "default:other");
  }

  @Test
  void aProviderLogsWhomTheAccountTrustsAndWhatChanged() {
    JsonNode created = decision(created(main("ClientIdList", List.of("a"))), "trusted");
    assertThat(created.path("provider").asText()).isEqualTo(ARN);
    assertThat(texts(created.path("audiences"))).containsExactly("a");
    assertThat(created.path("ownership").asText()).isEqualTo("Created");
    assertThat(created.has("changed")).isFalse();

    InvocationResult update =
        succeeded(
            update(
                ARN,
                main("ClientIdList", List.of("b"), "Tags", tags("k", "2"), "Trigger", "2"),
                main("ClientIdList", List.of("a"), "Tags", tags("k", "1"))));
    assertThat(decision(update, "trusted").path("changed").toString())
        .isEqualTo(
            """
            {"ClientIdList":{"added":["b"],"removed":["a"]},\
            "Tags":{"added":["k=2"],"removed":["k=1"]},\
            "Trigger":{"added":["2"],"removed":[]}}\
            """);
  }

  /** What was rejected has not changed anything, and its values may be anything. */
  @Test
  void invalidOldPropertiesAreNotLogged() {
    created(main());
    InvocationResult update =
        succeeded(update(ARN, main(), main("Secret", "hunter2", "ClientIdList", "hunter3")));
    assertThat(decision(update, "trusted").has("changed")).isFalse();
    assertThat(log(update).toString()).doesNotContain("hunter");
  }

  @Test
  void aLongListIsBounded() {
    List<String> many = IntStream.range(0, 60).mapToObj(i -> "n%d:a".formatted(i)).toList();
    InvocationResult create =
        sendTrust(TestEvents.create(STACK, trust(many.toArray(String[]::new))));
    JsonNode accounts = decision(succeeded(create), "written").path("serviceAccounts");
    assertThat(texts(accounts)).hasSize(51).endsWith("n49:a", "… and 10 more");
  }

  @Test
  void theLevelTellsFailedRequestsAndThoseWithoutAResponse() {
    assertThat(response(created(main())).path("level").asText()).isEqualTo("INFO");
    assertThat(response(failed(create(main("Tag", "x")))).path("level").asText()).isEqualTo("WARN");
  }

  @Test
  void eachIdHasOneName() {
    List<JsonNode> entries = log(created(main()));
    JsonNode call =
        entries.stream()
            .filter(e -> e.path("message").asText().equals("call"))
            .findFirst()
            .orElseThrow();
    assertThat(call.path("callRequestId").asText()).matches("[0-9a-f-]{36}");
    assertThat(call.path("AWSRequestId").asText())
        .matches("[0-9a-f-]{36}")
        .isNotEqualTo(call.path("callRequestId").asText());
    assertThat(entries)
        .allSatisfy(
            entry -> {
              assertThat(entry.path("requestId").asText()).isNotEmpty();
              Map<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
              entry
                  .fieldNames()
                  .forEachRemaining(name -> assertThat(names.put(name, name)).isNull());
            });
  }

  /** Each query of docs/operations.md, on the log of requests that it must and must not find. */
  @Test
  void theQueriesOfTheDocumentationFindWhatTheyPromise() throws IOException {
    InvocationResult create = created(main());
    InvocationResult rejected = failed(create(main("Tag", "x")));
    Map<String, Object> before = trust("default:app");
    InvocationResult written = succeeded(sendTrust(TestEvents.create(STACK, before)));
    InvocationResult changed =
        succeeded(
            sendTrust(TestEvents.update(STACK, written.physicalId(), trust("default:b"), before)));
    List<JsonNode> entries =
        Stream.of(create, rejected, written, changed).flatMap(r -> log(r).stream()).toList();

    List<LogQuery> queries =
        QUERY
            .matcher(Files.readString(Path.of("docs", "operations.md")))
            .results()
            .map(MatchResult::group)
            .map(block -> block.replaceAll("(?m)^```$", ""))
            .map(
                block ->
                    LogQuery.parse(
                        block
                            .replace("<RequestId>", requestId(written))
                            .replace("<provider>", ISSUER)
                            .replace("<namespace>:<name>", "default:app")))
            .toList();
    assertThat(queries).hasSize(4);

    assertThat(queries.get(0).run(entries))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.keySet()).containsExactlyElementsOf(queries.get(0).fields());
              assertThat(row.get("reason")).isEqualTo(rejected.reason());
            });
    assertThat(queries.get(1).run(entries))
        .hasSameSizeAs(log(written))
        .allSatisfy(row -> assertThat(row).containsKeys("@timestamp", "message"));
    assertThat(queries.get(2).run(entries))
        .extracting(row -> row.get("requestType"))
        .containsExactly("Update", "Create", "Create");
    assertThat(queries.get(3).run(entries))
        .extracting(row -> row.get("requestType"))
        .containsExactly("Update", "Create");
  }

  private static String requestId(InvocationResult result) {
    return result.response().path("RequestId").asText();
  }

  private JsonNode decision(InvocationResult result, String decision) {
    return decisions(result).stream()
        .filter(entry -> entry.path("decision").asText().equals(decision))
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private JsonNode response(InvocationResult result) {
    return log(result).stream()
        .filter(entry -> entry.path("message").asText().equals("response"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonNode list) {
    assertThat(list.isArray()).isTrue();
    return IntStream.range(0, list.size()).mapToObj(i -> list.get(i).asText()).toList();
  }
}
