package io.github.eksoidc.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query of CloudWatch Logs Insights, as far as the documentation uses its language: the commands
 * fields, filter with conditions joined by "and", sort and limit. Anything else is rejected.
 */
record LogQuery(List<String> fields, List<Predicate<JsonNode>> filters, Optional<Integer> limit) {

  private static final Pattern EQUALS = Pattern.compile("([A-Za-z.]+) = \"([^\"]*)\"");
  private static final Pattern LIKE = Pattern.compile("(@message|[A-Za-z.]+) like /(.+)/");
  private static final Pattern SORT = Pattern.compile("sort @timestamp (asc|desc)");
  private static final Pattern LIMIT = Pattern.compile("limit ([0-9]+)");

  /** Parses a query; commands begin with a vertical bar, except for the first. */
  static LogQuery parse(String text) {
    List<String> fields = new ArrayList<>();
    List<Predicate<JsonNode>> filters = new ArrayList<>();
    Optional<Integer> limit = Optional.empty();
    for (String command : text.strip().split("\\n\\| ", -1)) {
      Matcher lines = LIMIT.matcher(command);
      if (command.startsWith("fields ")) {
        fields.addAll(Arrays.asList(command.substring("fields ".length()).split(",\\s*", -1)));
      } else if (command.startsWith("filter ")) {
        for (String condition : command.substring("filter ".length()).split(" and ", -1)) {
          filters.add(condition(condition));
        }
      } else if (lines.matches()) {
        limit = Optional.of(Integer.valueOf(lines.group(1)));
      } else if (!SORT.matcher(command).matches()) {
        throw new IllegalArgumentException("Unknown command: " + command);
      }
    }
    return new LogQuery(fields, filters, limit);
  }

  private static Predicate<JsonNode> condition(String text) {
    Matcher equals = EQUALS.matcher(text);
    if (equals.matches()) {
      return entry -> value(entry, equals.group(1)).equals(Optional.of(equals.group(2)));
    }
    Matcher like = LIKE.matcher(text);
    if (like.matches()) {
      Pattern pattern = Pattern.compile(like.group(2));
      return entry ->
          value(entry, like.group(1)).filter(v -> pattern.matcher(v).find()).isPresent();
    }
    throw new IllegalArgumentException("Unknown condition: " + text);
  }

  /** A field as Insights discovers it in JSON: members of members with periods. */
  private static Optional<String> value(JsonNode entry, String field) {
    if (field.equals("@message")) {
      return Optional.of(entry.toString());
    }
    if (field.equals("@timestamp")) {
      return Optional.of(entry.path("timestamp").asText());
    }
    JsonNode found = entry;
    for (String name : field.split("\\.", -1)) {
      found = found.isArray() ? found.path(Integer.parseInt(name)) : found.path(name);
    }
    return found.isValueNode() ? Optional.of(found.asText()) : Optional.empty();
  }

  /** The rows: the values of the fields that an entry has, the newest entry first. */
  List<Map<String, String>> run(List<JsonNode> entries) {
    return entries.stream()
        .filter(entry -> filters.stream().allMatch(filter -> filter.test(entry)))
        .sorted(Comparator.comparing((JsonNode e) -> e.path("timestamp").asText()).reversed())
        .limit(limit.orElse(10_000))
        .map(this::row)
        .toList();
  }

  private Map<String, String> row(JsonNode entry) {
    Map<String, String> row = new LinkedHashMap<>();
    fields.forEach(field -> value(entry, field).ifPresent(value -> row.put(field, value)));
    return row;
  }
}
