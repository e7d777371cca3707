package io.github.eksoidc.simulation;

import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Odd tags, as anybody can write them who may tag a provider: like those of the function, but for
 * one thing.
 */
public final class HostileTags {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";
  private static final String LEASE = OURS + "deleting/";
  private static final String HASH = "0123456789abcdef0123456789abcdef";
  private static final int MAX_VALUE_LENGTH = 256;

  /** Letters that no tag of the function has at any place. */
  private static final String NEVER = " .\u017f";

  /** Letters that no tag of the function has but in an id or a value. */
  private static final String SELDOM = NEVER + "Az0";

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

  /** What can stand where a Region should. */
  private static final List<String> PLACES =
      List.of(
          "x@abc123.execute-api.us-east-1",
          "EU-WEST-1",
          "eu-west-1.example.com",
          "eu-west-1/../x",
          "evil.example.com",
          "localhost:8080",
          "zz-west-9",
          "..",
          "TRUE",
          "a".repeat(128),
          "\u017f",
          "\u0131",
          "");

  private HostileTags() {}

  /** One to five of them, none of which takes the place of another tag. */
  public static Map<String, String> some(RandomGenerator random, Entry on, Instant now) {
    Map<String, String> tags = new TreeMap<>();
    for (int n = random.nextInt(1, 6); n > 0; n--) {
      Map.Entry<String, String> tag = any(random, on, now);
      tags.put(tag.getKey(), tag.getValue());
    }
    return tags;
  }

  /**
   * A tag that is not exactly of a form that the function writes. Only a claim may be, of a
   * resource that nobody has.
   */
  static Map.Entry<String, String> any(RandomGenerator random, Entry on, Instant now) {
    String nonce = "%016x".formatted(random.nextLong());
    String time = pick(random, TIMES);
    String lease = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(120).toString();
    String claim =
        "x/Oidc %s r1 %s eu-west-1/a%s"
            .formatted(
                pick(random, List.of("Create", "Renewal")),
                now,
                pick(random, List.of("", " us-east-1:444455556666", " no-stack")));
    return switch (random.nextInt(10)) {
      case 0 -> Map.entry(LEASE + nonce, pick(random, List.of(time, claim, "true")));
      // Later than any lease of the function.
      case 1 -> Map.entry(LEASE + nonce, now.plusSeconds(86_400 + random.nextInt(1000)).toString());
      case 2 -> Map.entry(LEASE + nonce, changedLetter(random, lease, NEVER));
      case 3 -> Map.entry(LEASE + nonce.toUpperCase(Locale.ROOT) + "x", lease);
      case 4, 5 -> {
        String value = pick(random, List.of(claim, claim, lease, "true"));
        yield Map.entry(CLAIM + HASH + "/r1", mutatedValue(random, value, time));
      }
      default -> {
        Map<String, String> ours = new TreeMap<>(on.tags());
        ours.keySet().removeIf(key -> !key.startsWith(OURS));
        ours.putIfAbsent(OURS + "managed", "true");
        ours.putIfAbsent(OURS + "taken-over", claim);
        String key = pick(random, List.copyOf(ours.keySet()));
        String value = ours.get(key);
        yield Map.entry(
            mutatedKey(random, key, value),
            random.nextBoolean() ? value : mutatedValue(random, value, time));
      }
    };
  }

  private static String mutatedKey(RandomGenerator random, String key, String value) {
    return switch (random.nextInt(9)) {
      case 0 -> key.toUpperCase(Locale.ROOT);
      case 1 -> key.replaceFirst("s", "\u017f");
      case 2 -> key.replaceFirst("i", "\u0131");
      case 3 -> key + "/x/y";
      // A claim that is not the first of its resource may have the key of another request.
      case 4 ->
          key.substring(0, key.length() - 1 - random.nextInt(3))
              + (value.contains(" Create ") ? "Z" : ".");
      case 5 -> {
        int end = Math.min(CLAIM.length(), key.length());
        yield changedLetter(random, key.substring(0, end), SELDOM) + key.substring(end);
      }
      case 6 -> changedLetter(random, key, NEVER);
      case 7 -> new StringBuilder(key).insert(random.nextInt(key.length()), '/').toString();
      default -> key.replaceFirst("(claim|deleting|managed|taken-over)", "$1/");
    };
  }

  private static String mutatedValue(RandomGenerator random, String value, String time) {
    String place = pick(random, PLACES);
    String mutated =
        switch (random.nextInt(7)) {
          case 0 -> value.replaceFirst("[0-9]{4}-[^ ]*Z", time);
          case 1 -> value.substring(0, value.length() / 2);
          case 2 -> value.replaceFirst("eu-west-1", place);
          case 3 -> value.replaceFirst("[^ ]*$", place);
          case 4 -> value + " " + place;
          case 5 -> (random.nextBoolean() ? time : place) + value;
          default -> changedLetter(random, value, SELDOM);
        };
    return mutated.substring(0, Math.min(mutated.length(), MAX_VALUE_LENGTH));
  }

  private static String changedLetter(RandomGenerator random, String text, String letters) {
    if (text.isEmpty()) {
      return letters;
    }
    int at = random.nextInt(text.length());
    String others = letters.replace(text.substring(at, at + 1), "");
    return text.substring(0, at)
        + others.charAt(random.nextInt(others.length()))
        + text.substring(at + 1);
  }

  private static String pick(RandomGenerator random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
