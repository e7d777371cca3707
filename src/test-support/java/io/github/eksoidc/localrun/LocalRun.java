package io.github.eksoidc.localrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.SampleAccount;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts the packaged function under Lambda's runtime client, with an in-memory AWS, and sends
 * events to it. Exits with 1 if a response is FAILED.
 */
public final class LocalRun {

  private record Step(String title, String file) {}

  private static final List<Step> STEPS =
      List.of(
          new Step("Stack payments-cluster: create the provider of cluster payments", "create"),
          new Step("Stack payments-cluster: one audience more, a tag changed", "update"),
          new Step("Stack payments-cluster: an update that changes nothing", "update-unchanged"),
          new Step("Stack search-roles wants the same provider", "create-second-stack"),
          new Step("Stack payments-cluster is deleted; the provider stays", "delete"),
          new Step("Stack search-roles is deleted, and so is the provider", "delete-second-stack"),
          new Step("The trust policy of a role for service accounts", "create-trust-policy"));

  private static final Pattern TOKEN =
      Pattern.compile("arn:([a-z-]+):lambda:([a-z0-9-]+):([0-9]{12}):function:.*");
  private static final String ISSUER_ID = "EXAMPLED539D4633E53DE1B71EXAMPLE";

  private final PrintStream out;
  private final InMemoryAws aws;
  private final FunctionClient client;
  private boolean failed;

  private LocalRun(PrintStream out, InMemoryAws aws, FunctionClient client) {
    this.out = out;
    this.aws = aws;
    this.client = client;
  }

  /**
   * Sends the events.
   *
   * @param args the package; and, to send single events instead of all, the file of an event or a
   *     folder of them
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path zip = Path.of(args[0]);
    boolean failed = false;
    if (args.length < 2 || args[1].isBlank()) {
      failed = run(out, zip, Path.of("events", "create.json"), (run, _) -> run.sendAll());
    } else {
      for (Path file : events(Path.of(args[1]))) {
        out.println("=== " + file);
        failed |= run(out, zip, file, LocalRun::sendOne);
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static List<Path> events(Path fileOrFolder) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    try (Stream<Path> files = Files.list(fileOrFolder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /** Sends with a function and an account of its own; true if a response is FAILED. */
  private static boolean run(
      PrintStream out, Path zip, Path event, BiConsumer<LocalRun, ObjectNode> send) {
    ObjectNode first = read(event);
    Matcher token = TOKEN.matcher(first.path("ServiceToken").asText());
    try (InMemoryAws aws =
            token.matches()
                ? InMemoryAws.start(token.group(1), token.group(2), token.group(3))
                : InMemoryAws.start();
        FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack(zip))) {
      LocalRun run = new LocalRun(out, aws, new FunctionClient(aws, function));
      send.accept(run, first);
      if (run.failed) {
        function.output().forEach(out::println);
      }
      return run.failed;
    }
  }

  private void sendAll() {
    for (Step step : STEPS) {
      ObjectNode event = read(Path.of("events", step.file() + ".json"));
      prepare(event);
      out.println();
      out.println("=== " + step.title() + " (events/" + step.file() + ".json)");
      show(event, client.send(event));
    }
    out.println();
  }

  private void sendOne(ObjectNode event) {
    if (event.has("Audit")) {
      sendAudit(event);
      return;
    }
    prepare(event);
    String type = event.path("RequestType").asText();
    if (!type.equals("Create")) {
      ObjectNode before = event.deepCopy();
      before.put("RequestType", "Create");
      before.remove("PhysicalResourceId");
      if (type.equals("Update")) {
        before.set("ResourceProperties", event.path("OldResourceProperties"));
      }
      out.println("First a Create with the earlier properties: " + client.send(before).status());
    }
    out.println();
    show(event, client.send(event));
    out.println();
  }

  /** Sends an event of a person or of a schedule to a function in the sample account. */
  private void sendAudit(ObjectNode event) {
    SampleAccount.fill(aws);
    InvocationResult result =
        client.send(FunctionClient.bytes(event), FunctionClient.nextKey(), Duration.ofMinutes(15));
    JsonNode returned = json(result.returned().text());
    out.println();
    if (returned.has("totals")) {
      out.print(AuditTable.of(returned));
    } else {
      out.println(returned.toPrettyString());
    }
    out.printf("%n%d AWS calls, %d ms%n%n", result.calls().size(), result.time().toMillis());
    failed |= returned.has("errorMessage");
  }

  private static JsonNode json(String text) {
    try {
      return FunctionClient.JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates the clusters that an event names. */
  private void prepare(ObjectNode event) {
    for (String which : List.of("ResourceProperties", "OldResourceProperties")) {
      JsonNode properties = event.path(which);
      String name = properties.path("ClusterName").asText();
      if (!name.isEmpty()) {
        String region = properties.path("ClusterRegion").asText(aws.region());
        aws.eks()
            .put(
                region,
                name,
                InMemoryEks.Cluster.active(
                    "https://oidc.eks.%s.amazonaws.com%s/id/%s"
                        .formatted(region, region.startsWith("cn-") ? ".cn" : "", ISSUER_ID)));
      }
    }
  }

  private void show(ObjectNode event, InvocationResult result) {
    out.println("  request   " + event.path("RequestType").asText() + idOf(event));
    ObjectNode properties = event.path("ResourceProperties").deepCopy();
    properties.remove("ServiceToken");
    out.println("            " + properties);
    out.println("  response  " + summary(result));
    out.println("            " + result.response());
    if (!result.attribute("PolicyDocument").isEmpty()) {
      out.println("  document  " + indented(result.attribute("PolicyDocument")));
    }
    out.println(
        "  AWS calls "
            + result.calls().size()
            + ": "
            + result.calls().stream().map(Call::toString).collect(Collectors.joining(", ")));
    out.println("  time      " + result.time().toMillis() + " ms");
    out.println("  account   " + account());
    failed |= !result.status().equals("SUCCESS");
  }

  private static String indented(String json) {
    return json(json).toPrettyString().indent(12).strip();
  }

  private static String idOf(ObjectNode event) {
    String id = event.path("PhysicalResourceId").asText();
    return id.isEmpty() ? "" : " of " + id;
  }

  private static String summary(InvocationResult result) {
    return result.status() + (result.reason().isEmpty() ? "" : ": " + result.reason());
  }

  private String account() {
    if (aws.iam().all().isEmpty()) {
      return "has no OIDC provider";
    }
    return aws.iam().all().values().stream()
        .map(LocalRun::shown)
        .collect(Collectors.joining("\n            "));
  }

  private static String shown(InMemoryIam.Entry entry) {
    return entry.url()
        + "\n              audiences "
        + entry.audiences()
        + "\n              tags "
        + entry.tags();
  }

  private static ObjectNode read(Path file) {
    try {
      return (ObjectNode) FunctionClient.JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
