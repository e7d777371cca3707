package io.github.eksoidc.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlinesTest {

  @ParameterizedTest
  @CsvSource({
    // Lambda's and CloudFormation's timeout, time for the request, time for the response
    "900000,        , 889500, 899500",
    "900000,    3600, 889500, 899500",
    "900000,      60,  49500,  59500",
    " 10000,        ,   7000,   9500",
    "  2000,        ,   1300,   1800",
    "   100,        ,     65,     90"
  })
  void responseIsDueBeforeBothDeadlines(long lambda, Integer service, long request, long response) {
    long before = System.nanoTime();
    Deadlines deadlines =
        Deadlines.of(
            Duration.ofMillis(lambda), Optional.ofNullable(service).map(Duration::ofSeconds));
    long after = System.nanoTime();
    assertThat(deadlines.requestDeadline() - millis(request).toNanos()).isBetween(before, after);
    assertThat(deadlines.responseDeadline() - millis(response).toNanos()).isBetween(before, after);
    assertThat(deadlines.requestRemaining()).isPositive().isLessThanOrEqualTo(millis(request));
    assertThat(deadlines.responseRemaining()).isPositive().isLessThanOrEqualTo(millis(response));
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }
}
