package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ServiceTimeoutTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "60, 60", "3600, 3600"})
  void serviceTimeoutIsInSeconds(String value, int seconds) {
    assertThat(ServiceTimeout.of(Map.of("ServiceTimeout", value)))
        .contains(Duration.ofSeconds(seconds));
    assertThat(ServiceTimeout.of(Map.of("ServiceTimeout", Long.valueOf(value))))
        .contains(Duration.ofSeconds(seconds));
  }

  static final List<Object> BAD =
      List.of("0", "3601", "", "-1", "1.5", "1e3", "soon", "99999999999", 0L, 1.5, true, List.of());

  @ParameterizedTest
  @FieldSource("BAD")
  void rejectsOtherServiceTimeouts(Object value) {
    assertThat(ServiceTimeout.of(Map.of("ServiceTimeout", value))).isEmpty();
    assertThatThrownBy(() -> ServiceTimeout.check(Map.of("ServiceTimeout", value)))
        .hasMessageContainingAll("ServiceTimeout is ", "from 1 to 3600");
  }

  @Test
  void serviceTimeoutIsOptional() {
    assertThat(ServiceTimeout.of(Map.of())).isEmpty();
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("ServiceTimeout", null);
    assertThat(ServiceTimeout.of(nothing)).isEmpty();
    ServiceTimeout.check(nothing);
    ServiceTimeout.check(Map.of());
  }

  /** A Delete must not fail for a property that it does not need. */
  @ParameterizedTest
  @CsvSource({"Create, false", "Update, false", "Delete, true"})
  void onlyADeleteIgnoresABadOne(String requestType, boolean ignores) {
    ParsedEvent event =
        ParsedEvent.parse(
            """
            {"RequestType": "%s", "StackId": "s", "RequestId": "r", "LogicalResourceId": "P",
             "ResourceType": "Custom::X", "PhysicalResourceId": "id",
             "ResourceProperties": {"ServiceTimeout": "soon"}}
            """
                .formatted(requestType)
                .getBytes(UTF_8));
    assertThat(event.serviceTimeout()).isEmpty();
    if (ignores) {
      assertThat(RequestParser.parse(event).resource().logicalId()).isEqualTo("P");
    } else {
      assertThatThrownBy(() -> RequestParser.parse(event))
          .hasMessage(
              "ServiceTimeout is \"soon\", but must be a whole number of seconds from 1 to 3600.");
    }
  }
}
