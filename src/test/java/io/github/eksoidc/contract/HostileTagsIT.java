package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.resource.LogicalResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tags are input: whoever may tag a provider can write any of them. Odd ones may keep a provider.
 * They never make one deletable, and no request and no audit waits or fails because of them.
 */
class HostileTagsIT extends FunctionTestBase {

  private static final String RESERVED = "eks-oidc-provider/";
  private static final String ZERO = "0".repeat(32);

  /** Keys and values of the function's own form, from which the others are made. */
  private static final List<String> KEYS =
      List.of(
          RESERVED + "claim/" + ZERO + "/r1",
          RESERVED + "deleting/0000000000000000",
          RESERVED + "taken-over",
          RESERVED + "managed");

  private static final List<String> VALUES =
      List.of(
          "x/Oidc Create r1 2026-01-01T00:00:00Z eu-west-1/payments us-east-1:444455556666",
          "x/Oidc Renewal r1 2026-01-01T00:00:00.123Z eu-west-1/payments no-stack",
          "2026-01-01T00:00:00.5Z",
          "true");

  private static final List<String> PARTS =
      List.of(
          "9999-12-31T23:59:59Z",
          "+1000000000-12-31T23:59:59.999999999Z",
          "-1000000000-01-01T00:00:00Z",
          "1970-01-01T00:00:00Z",
          "x@abc123.execute-api.us-east-1",
          "evil.example.com",
          "localhost:8080",
          "zz-west-9",
          "eu-west-1/../x",
          "TRUE",
          "",
          "a".repeat(128),
          "\u017f",
          "\u0131");

  static LongStream seeds() {
    return new SplittableRandom(20260129).longs(TestSize.of(6, 120));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noRequestAndNoAuditWaitsOrFails(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean foreign = random.nextBoolean();
    if (foreign) {
      foreignProvider(List.of("theirs"), Map.of("owner", "somebody"));
    } else {
      created(main());
    }
    Map<String, String> hostile = hostileTags(random);
    aws.iam().tag(ARN, hostile);
    Instant begin = Instant.now();

    succeeded(client.send(TestEvents.create(OTHER_STACK, main())));
    if (!foreign) {
      succeeded(update(ARN, main("ClientIdList", List.of("b")), main()));
    }
    JsonNode report = invoke("{\"Audit\": \"Report\"}");
    succeeded(client.send(TestEvents.delete(OTHER_STACK, ARN, main())));
    if (!foreign) {
      succeeded(delete(ARN, main("ClientIdList", List.of("b"))));
    }

    assertThat(Duration.between(begin, Instant.now()))
        .as("%s", hostile)
        .isLessThan(TestSize.MAX_LAG.multipliedBy(4).plusSeconds(20));
    assertThat(report.path("Totals").path("Providers").asInt()).isEqualTo(1);
    boolean isKept =
        foreign || hostile.keySet().stream().anyMatch(k -> k.startsWith(RESERVED + "claim/"));
    assertThat(provider(ARN).isPresent()).as("%s", hostile).isEqualTo(isKept);
    if (isKept) {
      // What somebody else wrote stays, whatever it is.
      assertThat(provider().tags()).containsAllEntriesOf(hostile);
      assertThat(provider().tags().keySet())
          .noneMatch(key -> key.startsWith(Claimant.of(resource(STACK)).key()));
    }
  }

  private static LogicalResource resource(String stack) {
    return new LogicalResource(TestEvents.stack(stack), "Provider");
  }

  /** Real tags with one thing changed: none of them is of the form that the function writes. */
  static Map<String, String> hostileTags(SplittableRandom random) {
    Map<String, String> tags = new TreeMap<>();
    for (int n = random.nextInt(1, 6); n > 0; n--) {
      String key = KEYS.get(random.nextInt(KEYS.size()));
      String value = VALUES.get(random.nextInt(VALUES.size()));
      String part = PARTS.get(random.nextInt(PARTS.size()));
      switch (random.nextInt(4)) {
        case 0 -> key = changedLetter(key, random);
        case 1 -> value = value.replaceFirst("[^ ]*$", "") + part;
        case 2 -> value = part + value;
        default -> value = changedLetter(value, random);
      }
      boolean marks = key.equals(RESERVED + "managed") || key.equals(RESERVED + "taken-over");
      if (!marks && key.length() <= 128 && value.length() <= 256) {
        tags.put(key, value.replaceAll("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]", "_"));
      }
    }
    // Real forms would be claims and leases: the mutation may have given one by chance.
    tags.values().removeIf(value -> VALUES.contains(value) || value.matches("2026[0-9:.TZ-]*"));
    tags.values()
        .removeIf(
            value ->
                value.matches("\\S+ (Create|Renewal) \\S+ 2026\\S+( eu-west-1/\\w+)?( \\S+)?"));
    return tags;
  }

  private static String changedLetter(String text, SplittableRandom random) {
    int at = random.nextInt(text.length());
    String letters = "Aa0/ .\u017f";
    return text.substring(0, at)
        + letters.charAt(random.nextInt(letters.length()))
        + text.substring(at + 1);
  }

  @Test
  void eachOfFortyEightStacksCanUpdateAndLeave() {
    created(main());
    for (int i = 1; i < 48; i++) {
      Claimant claimant = Claimant.of(resource("stack-" + i));
      String value = claimant.owner() + " Create r 2026-01-02T03:04:05Z eu-west-1/main";
      aws.iam().tag(ARN, Map.of(claimant.key("r"), value));
    }
    assertThat(provider().tags()).hasSize(49);
    // Full, for the first of them
    aws.iam().tag(ARN, Map.of("owner", "somebody"));

    for (int i = 1; i < 48; i++) {
      String stack = "stack-" + i;
      Map<String, Object> changed = main("ClientIdList", List.of("sts.amazonaws.com", "a" + i));
      succeeded(client.send(TestEvents.update(stack, ARN, changed, main())));
      assertThat(provider().audiences()).contains("a" + i);
      succeeded(client.send(TestEvents.delete(stack, ARN, changed)));
    }
    assertThat(owners(ARN)).containsExactly("one/Provider");
    succeeded(delete(ARN, main()));
    assertThat(provider(ARN)).isEmpty();
  }
}
