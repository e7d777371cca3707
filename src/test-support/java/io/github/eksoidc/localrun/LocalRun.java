package io.github.eksoidc.localrun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.SampleAccount;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.InMemoryEks;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the packaged function under Lambda's runtime client, with an in-memory AWS, and sends
 * events to it. Exits with 1 if a response is not the expected one: FAILED if the name of the
 * event's file begins with {@code failing-}, otherwise SUCCESS.
 */
public final class LocalRun {

  /** The life of a provider that two stacks share, and a trust policy. */
  private static final List<String> STORY =
      List.of(
          "create",
          "update",
          "update-unchanged",
          "create-second-stack",
          "delete",
          "delete-second-stack",
          "create-trust-policy");

  private static final Path EVENTS = Path.of("events");
  private static final Pattern TOKEN =
      Pattern.compile("arn:([a-z-]+):lambda:([a-z0-9-]+):([0-9]{12}):function:.*");
  private static final String ISSUER_ID = "EXAMPLED539D4633E53DE1B71EXAMPLE";

  /** A file that can't be sent; the message says why in one line. */
  private static final class UnusableFileException extends RuntimeException {

    @java.io.Serial private static final long serialVersionUID = 1;

    UnusableFileException(String message) {
      super(message);
    }
  }

  private final PrintStream out;
  private final boolean hasDetails;
  private final EventTable table;
  private final InMemoryAws aws;
  private final FunctionClient client;
  private final List<EventResult> results = new ArrayList<>();
  private boolean failed;

  // JDK 25 returns null again where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  private LocalRun(PrintStream out, boolean hasDetails, InMemoryAws aws, FunctionClient client) {
    this.out = out;
    this.hasDetails = hasDetails;
    this.table = new EventTable(System.console() != null && System.console().isTerminal());
    this.aws = aws;
    this.client = client;
  }

  /**
   * Sends the events.
   *
   * @param args the package; the file of an event or a folder of them, empty for the life of a
   *     provider; whether to print details; the file for the picture of that life, empty for none
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path zip = Path.of(args[0]);
    boolean hasDetails = !args[2].isBlank() && !args[2].equals("false");
    boolean failed = false;
    try {
      if (args[1].isBlank()) {
        List<Path> files = STORY.stream().map(name -> EVENTS.resolve(name + ".json")).toList();
        failed =
            run(
                out,
                hasDetails,
                zip,
                read(files.getFirst()),
                run -> {
                  out.println(EventTable.HEADING);
                  files.forEach(file -> run.send(file, read(file)));
                  if (!args[3].isBlank()) {
                    write(Path.of(args[3]), SharingPicture.of(run.results));
                  }
                });
      } else {
        Path path = Path.of(args[1]);
        List<Path> files = events(path);
        List<ObjectNode> events = files.stream().map(LocalRun::read).toList();
        if (events.stream().anyMatch(event -> !event.has("Audit"))) {
          out.println(EventTable.HEADING);
        }
        for (int i = 0; i < events.size(); i++) {
          Path file = files.get(i);
          ObjectNode event = events.get(i);
          failed |= run(out, hasDetails, zip, event, run -> run.sendAlone(file, event));
        }
      }
    } catch (UnusableFileException e) {
      System.err.println(e.getMessage());
      failed = true;
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

  /** Sends with a function and an account of its own; true if a response is not as expected. */
  private static boolean run(
      PrintStream out, boolean hasDetails, Path zip, ObjectNode first, Consumer<LocalRun> send) {
    Matcher token = TOKEN.matcher(first.path("ServiceToken").asText());
    try (InMemoryAws aws =
            token.matches()
                ? InMemoryAws.start(token.group(1), token.group(2), token.group(3))
                : InMemoryAws.start();
        FunctionProcess function = FunctionProcess.start(aws, FunctionZip.unpack(zip))) {
      LocalRun run = new LocalRun(out, hasDetails, aws, new FunctionClient(aws, function));
      send.accept(run);
      if (run.failed) {
        function.output().forEach(out::println);
      }
      return run.failed;
    }
  }

  private void sendAlone(Path file, ObjectNode event) {
    if (event.has("Audit")) {
      sendAudit(file, event);
      return;
    }
    String type = event.path("RequestType").asText();
    if (!type.equals("Create")) {
      ObjectNode before = event.deepCopy();
      before.put("RequestType", "Create");
      before.remove("PhysicalResourceId");
      if (type.equals("Update")) {
        before.set("ResourceProperties", event.path("OldResourceProperties"));
      }
      prepare(event);
      client.send(before);
    }
    send(file, event);
  }

  private void send(Path file, ObjectNode event) {
    prepare(event);
    InvocationResult result = client.send(event);
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    EventResult sent = new EventResult(name, event, result, aws.iam().all());
    results.add(sent);
    out.println(table.line(sent));
    if (hasDetails) {
      out.println(EventTable.details(sent));
    }
    failed |= !sent.isExpected();
  }

  /** Sends an event of a person or of a schedule to a function in the sample account. */
  private void sendAudit(Path file, ObjectNode event) {
    SampleAccount.fill(aws);
    InvocationResult result =
        client.send(FunctionClient.bytes(event), FunctionClient.nextKey(), Duration.ofMinutes(15));
    JsonNode returned = json(result.returned().text());
    out.printf(
        "%n%s: %d AWS calls, %d ms%n%n", file, result.calls().size(), result.time().toMillis());
    out.print(
        returned.has("Totals")
            ? AuditTable.of(returned) + "%n".formatted() + AuditTable.arns(returned)
            : returned.toPrettyString() + "\n");
    failed |= returned.has("errorMessage");
  }

  static JsonNode json(String text) {
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

  private static ObjectNode read(Path file) {
    try {
      return FunctionClient.JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode event
          ? event
          : unusable(file, "is not a JSON object");
    } catch (NoSuchFileException _) {
      return unusable(file, "does not exist");
    } catch (JsonProcessingException e) {
      return unusable(
          file,
          "is not JSON: line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    } catch (IOException e) {
      return unusable(file, "can't be read: " + e.getMessage());
    }
  }

  private static ObjectNode unusable(Path file, String why) {
    throw new UnusableFileException(file + " " + why + ".");
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
