package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.simulation.HostileTags;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
    Map<String, String> hostile = HostileTags.some(random, provider(), Instant.now());
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
          .filteredOn(key -> !hostile.containsKey(key))
          .noneMatch(key -> key.startsWith(Claimant.of(resource(STACK)).key()));
    }
  }

  private static LogicalResource resource(String stack) {
    return new LogicalResource(TestEvents.stack(stack), "Provider");
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
