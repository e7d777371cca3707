package io.github.eksoidc.invocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

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

  @ParameterizedTest
  @CsvSource({"1, 1", "60, 60", "3600, 3600"})
  void serviceTimeoutIsInSeconds(String value, int seconds) {
    assertThat(Deadlines.serviceTimeout(Map.of("ServiceTimeout", value)))
        .contains(Duration.ofSeconds(seconds));
    assertThat(Deadlines.serviceTimeout(Map.of("ServiceTimeout", Long.valueOf(value))))
        .contains(Duration.ofSeconds(seconds));
  }

  static final List<Object> BAD =
      List.of("0", "3601", "", "-1", "1.5", "1e3", "soon", "99999999999", 0L, 1.5, true, List.of());

  @ParameterizedTest
  @FieldSource("BAD")
  void rejectsOtherServiceTimeouts(Object value) {
    assertThatThrownBy(() -> Deadlines.serviceTimeout(Map.of("ServiceTimeout", value)))
        .hasMessageContainingAll("ServiceTimeout is ", "from 1 to 3600");
  }

  @Test
  void serviceTimeoutIsOptional() {
    assertThat(Deadlines.serviceTimeout(Map.of())).isEmpty();
    Map<String, Object> nothing = new HashMap<>();
    Arrays.asList("ServiceTimeout").forEach(name -> nothing.put(name, null));
    assertThat(Deadlines.serviceTimeout(nothing)).isEmpty();
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }
}
