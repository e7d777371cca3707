package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Odd tags, as anybody can write them who may tag a provider: like those of the function, but for
 * one thing.
 */
final class HostileTags {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";
  private static final String LEASE = OURS + "deleting/";
  private static final String HASH = "0123456789abcdef0123456789abcdef";
  private static final List<String> TIMES =
      List.of(
          "+1000000000-12-31T23:59:59.999999999Z",
          "-1000000000-01-01T00:00:00Z",
          "9999-12-31T23:59:59Z",
          "1970-01-01T00:00:00Z",
          "2026-01-02T03:04:05.000Z",
          "2026-01-02t03:04:05z",
          "2026-01-02T03:04:05+00:00",
          "");
  private static final List<String> REGIONS =
      List.of("x@abc123.execute-api.us-east-1", "EU-WEST-1", "eu-west-1.example.com", "..", "");

  private HostileTags() {}

  /** A tag that is not exactly of a form that the function writes. */
  static Map.Entry<String, String> any(Random random, Entry on, Instant now) {
    List<String> ours = new ArrayList<>(on.tags().keySet());
    ours.removeIf(key -> !key.startsWith(OURS));
    String nonce = "%016x".formatted(random.nextLong());
    String time = pick(random, TIMES);
    return switch (random.nextInt(ours.isEmpty() ? 5 : 8)) {
      case 0 -> Map.entry(LEASE + nonce, time);
      // Later than any lease of the function.
      case 1 -> Map.entry(LEASE + nonce, now.plusSeconds(86_400 + random.nextInt(1000)).toString());
      case 2 ->
          Map.entry(LEASE + nonce.toUpperCase(Locale.ROOT) + "x", now.plusSeconds(120).toString());
      case 3 -> Map.entry(CLAIM + HASH + "/r1", "x/Oidc Create r1 " + time + " eu-west-1/a");
      case 4 ->
          Map.entry(
              CLAIM + HASH + "/r1",
              "x/Oidc Create r1 %s eu-west-1/a %s".formatted(now, pick(random, REGIONS)));
      default -> {
        String key = pick(random, ours);
        String value = on.tags().get(key);
        yield Map.entry(mutated(random, key, value), mutatedValue(random, value, time));
      }
    };
  }

  private static String mutated(Random random, String key, String value) {
    return switch (random.nextInt(6)) {
      case 0 -> key.toUpperCase(Locale.ROOT);
      case 1 -> key.replaceFirst("s", "\u017f");
      case 2 -> key.replaceFirst("i", "\u0131");
      case 3 -> key + "/x/y";
      // A claim that is not the first of its resource may have the key of another request.
      case 4 ->
          key.substring(0, key.length() - 1 - random.nextInt(3))
              + (value.contains(" Create ") ? "Z" : ".");
      default -> key.replaceFirst("(claim|deleting|managed|taken-over)", "$1/");
    };
  }

  private static String mutatedValue(Random random, String value, String time) {
    return switch (random.nextInt(4)) {
      case 0 -> value.replaceFirst("[0-9]{4}-[^ ]*Z", time);
      case 1 -> value.substring(0, value.length() / 2);
      case 2 -> value.replaceFirst("eu-west-1", pick(random, REGIONS));
      default -> value;
    };
  }

  private static String pick(Random random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
