package io.github.eksoidc.localrun;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Writes the report of an audit as a table in Markdown. */
public final class AuditTable {

  private static final int SHOWN_ID = 8;

  private AuditTable() {}

  /** Returns the table and, after an empty line, a sentence with the totals. */
  public static String of(JsonNode report) {
    StringBuilder table =
        new StringBuilder(
            """
            | issuer | ownership | cluster | claims | findings |
            | --- | --- | --- | --- | --- |
            """);
    report
        .path("providers")
        .forEach(
            provider ->
                table.append(
                    "| `%s` | %s | %s | %s | %s |%n"
                        .formatted(
                            shortIssuer(provider.path("arn").asText()),
                            provider.path("ownership").asText(),
                            state(provider.path("cluster")),
                            claims(provider.path("claims")),
                            String.join(
                                ", ", provider.path("findings").findValuesAsText("kind")))));
    JsonNode totals = report.path("totals");
    return table
        + "%n%d OIDC providers, %d of EKS issuers: %s %% of the quota of %d. Unknown: %d.%n"
            .formatted(
                totals.path("providers").asInt(),
                totals.path("eksProviders").asInt(),
                totals.path("quotaPercent").asText(),
                totals.path("quota").asInt(),
                totals.path("unknown").asInt());
  }

  private static String shortIssuer(String arn) {
    String issuer = arn.substring(arn.indexOf('/') + 1);
    int id = issuer.indexOf("/id/") + "/id/".length();
    return issuer.substring(0, Math.min(issuer.length(), id + SHOWN_ID)) + "…";
  }

  private static String claims(JsonNode claims) {
    List<String> all = new ArrayList<>();
    StreamSupport.stream(claims.spliterator(), false)
        .map(
            claim ->
                claim.path("owner").asText()
                    + (claim.path("resource").path("state").asText().equals("Exists")
                        ? ""
                        : " (" + claim.path("resource").path("state").asText() + ")"))
        .forEach(all::add);
    return String.join(", ", all);
  }

  /** The name of an existing cluster, otherwise {@code Gone} or {@code Unknown}. */
  private static String state(JsonNode existence) {
    String state = existence.path("state").asText();
    return state.equals("Exists") ? existence.path("detail").asText() : state;
  }
}
