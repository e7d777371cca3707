package io.github.eksoidc.localrun;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** Writes the report of an audit as a table in Markdown. */
public final class AuditTable {

  private static final int SHOWN_ID = 8;

  private AuditTable() {}

  /**
   * Returns the table and, after an empty line each, a sentence with the totals and what could not
   * be read.
   */
  public static String of(JsonNode report) {
    StringBuilder table =
        new StringBuilder(
            """
            | findings | issuer | ownership | cluster | used by |
            | --- | --- | --- | --- | --- |
            """);
    for (JsonNode provider : report.path("Providers")) {
      String arn = provider.path("ProviderArn").asText();
      List<String> kinds = provider.path("Findings").findValuesAsText("Kind");
      table.append(
          "| %s | `%s` | %s | %s | %s |%n"
              .formatted(
                  String.join(", ", kinds),
                  shortIssuer(arn),
                  provider.path("Ownership").asText(),
                  state(provider.path("Cluster")),
                  usedBy(provider)));
    }
    JsonNode totals = report.path("Totals");
    table.append(
        "%n%d OIDC providers, %d of EKS issuers: %s %% of the quota of %d. Unknown: %d.%n"
            .formatted(
                totals.path("Providers").asInt(),
                totals.path("EksProviders").asInt(),
                totals.path("QuotaPercent").asText(),
                totals.path("Quota").asInt(),
                totals.path("Unknown").asInt()));
    report
        .path("NotRead")
        .forEach(
            unread ->
                table.append(
                    "%nNot read: %s. %s%n"
                        .formatted(unread.path("What").asText(), unread.path("Reason").asText())));
    return table.toString();
  }

  /** Returns a line for each provider with findings: their kinds, and the whole ARN. */
  public static String arns(JsonNode report) {
    StringBuilder lines = new StringBuilder();
    for (JsonNode provider : report.path("Providers")) {
      List<String> kinds = provider.path("Findings").findValuesAsText("Kind");
      if (!kinds.isEmpty()) {
        lines.append(
            "%s: %s%n".formatted(String.join(", ", kinds), provider.path("ProviderArn").asText()));
      }
    }
    return lines.toString();
  }

  private static String shortIssuer(String arn) {
    String issuer = arn.substring(arn.indexOf('/') + 1);
    int id = issuer.indexOf("/id/") + "/id/".length();
    return issuer.substring(0, Math.min(issuer.length(), id + SHOWN_ID)) + "…";
  }

  /** The owners of claims, and the stacks' resources that have the provider without a claim. */
  private static String usedBy(JsonNode provider) {
    SequencedMap<String, String> owners = new LinkedHashMap<>();
    for (JsonNode claim : provider.path("Claims")) {
      String state = claim.path("Resource").path("State").asText();
      owners.put(
          claim.path("Owner").asText(claim.path("Tag").asText()),
          state.equals("Exists") ? "" : " (" + state + ")");
    }
    for (JsonNode use : provider.path("UsedBy")) {
      owners.putIfAbsent(
          use.path("StackId").asText().split("/", 3)[1]
              + "/"
              + use.path("LogicalResourceId").asText(),
          " (no claim)");
    }
    return owners.entrySet().stream()
        .map(owner -> owner.getKey() + owner.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The name of an existing cluster, otherwise {@code Gone} or {@code Unknown}. */
  private static String state(JsonNode existence) {
    String state = existence.path("State").asText();
    return state.equals("Exists") ? existence.path("Detail").asText() : state;
  }
}
