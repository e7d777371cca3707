package io.github.eksoidc.localrun;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.inmemory.Call;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes what events did, one line for each; with details, also what each sent and received. */
final class EventTable {

  static final String HEADING =
      line("event", "stack", "request", "status", "id", "claimed by", "calls", "ms");

  private static final int SHOWN_ID = 12;
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final boolean hasColors;

  EventTable(boolean hasColors) {
    this.hasColors = hasColors;
  }

  /** Returns the line of an event, and the reason below it if its request failed. */
  String line(EventResult event) {
    String status = event.result().status();
    String line =
        line(
            event.name(),
            event.stack(),
            event.requestType(),
            status,
            shortId(event.result().physicalId()),
            claims(event),
            String.valueOf(event.result().calls().size()),
            String.valueOf(event.result().time().toMillis()));
    if (hasColors) {
      line =
          line.replaceFirst(" " + status, " " + (event.succeeded() ? GREEN : RED) + status + PLAIN);
    }
    return event.result().reason().isEmpty() ? line : line + "\n    " + event.result().reason();
  }

  /** Returns the request, the response, the calls and the account, under the line of an event. */
  static String details(EventResult event) {
    ObjectNode properties = event.event().path("ResourceProperties").deepCopy();
    properties.remove("ServiceToken");
    StringBuilder details =
        new StringBuilder()
            .append("    properties ")
            .append(properties)
            .append("\n    response   ")
            .append(event.result().response())
            .append("\n    calls      ")
            .append(
                event.result().calls().stream()
                    .map(Call::toString)
                    .collect(Collectors.joining(", ")));
    String document = event.result().attribute("PolicyDocument");
    if (!document.isEmpty()) {
      details.append("\n    document   ").append(LocalRun.json(document).toPrettyString());
    }
    event.after().values().forEach(entry -> details.append(provider(entry)));
    return details.append('\n').toString();
  }

  private static String provider(InMemoryIam.Entry entry) {
    StringBuilder text = new StringBuilder("\n    provider   ").append(entry.url());
    text.append("\n      audiences ").append(entry.audiences());
    entry.tags().forEach((key, value) -> text.append("\n      tag ").append(key + " = " + value));
    return text.toString();
  }

  private static String claims(EventResult event) {
    if (event.hasProvider()) {
      return event.claimingStacks().isEmpty()
          ? "nobody"
          : String.join(", ", event.claimingStacks());
    }
    return event.result().physicalId().contains(":oidc-provider/") ? "(no provider)" : "";
  }

  private static String shortId(String id) {
    String last = id.substring(id.lastIndexOf('/') + 1);
    return last.length() <= SHOWN_ID + 1 ? last : last.substring(0, SHOWN_ID) + "…";
  }

  private static String line(
      String event,
      String stack,
      String request,
      String status,
      String id,
      String claims,
      String calls,
      String millis) {
    return String.format(
        Locale.ROOT,
        "%-36s  %-16s  %-7s  %-7s  %-13s  %-30s  %5s  %5s",
        event,
        stack,
        request,
        status,
        id,
        claims,
        calls,
        millis);
  }
}
