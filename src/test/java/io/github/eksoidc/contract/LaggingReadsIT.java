package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IAM's reads lag behind its writes by parts of the longest lag, which is 20 seconds under {@code
 * -Pthorough}. The simulation has the orders, and calls that land late or are lost.
 */
@Tag("long")
@Order(1)
class LaggingReadsIT extends FunctionTestBase {

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private void lag(double part) {
    aws.iam().lagReads(TestSize.ofMaxLag(part));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.95})
  void aDeleteRightAfterItsCreateDeletes(double part) {
    lag(part);
    created(main());
    succeeded(client.send(TestEvents.delete(STACK, ARN, main()), TIMEOUT));
    assertThat(provider(ARN)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.4, 0.95})
  void adoptionWaitsUntilItSeesItsClaim(double part) {
    aws.iam().create("https://" + ISSUER, List.of("theirs"), List.of(), Map.of());
    lag(part);
    InvocationResult create = succeeded(client.send(TestEvents.create(STACK, main()), TIMEOUT));
    assertThat(create.attribute("Ownership")).isEqualTo("Adopted");
    assertThat(owners(ARN)).containsExactly("one/Provider");
    assertThat(provider().audiences()).containsExactly("theirs", "sts.amazonaws.com");
  }

  @Test
  void currentReadsCostNothing() {
    Instant begin = Instant.now();
    created(main());
    succeeded(client.send(TestEvents.create(OTHER_STACK, main())));
    succeeded(update(ARN, main(), main()));
    succeeded(delete(ARN, main()));
    succeeded(client.send(TestEvents.delete(OTHER_STACK, ARN, main())));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(6));
    assertThat(provider(ARN)).isEmpty();
  }
}
