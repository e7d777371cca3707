package io.github.eksoidc.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvocationContextTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.500Z");

  /** A request begins when CloudFormation signs its URL, which the URL says in whole seconds. */
  @ParameterizedTest
  @CsvSource({
    "https://b.example/k?X-Amz-Date=20260102T030000Z&X-Amz-Expires=7200, 2026-01-02T03:00:01Z",
    // An earlier request may have written something in the same second.
    "https://b.example/k?X-Amz-Date=20260102T030405Z,                    2026-01-02T03:04:05.500Z",
    "https://b.example/k?X-Amz-Date=20260102T030404Z,                    2026-01-02T03:04:05Z",
    // The future, and longer ago than Lambda keeps an event
    "https://b.example/k?X-Amz-Date=20260102T040000Z,                    2026-01-02T03:04:05.500Z",
    "https://b.example/k?X-Amz-Date=20260101T200000Z,                    2026-01-02T03:04:05.500Z",
    "https://b.example/k?X-Amz-Date=20261302T030000Z,                    2026-01-02T03:04:05.500Z",
    "https://b.example/k?Expires=1767323045,                             2026-01-02T03:04:05.500Z",
    "not a URL,                                                          2026-01-02T03:04:05.500Z"
  })
  void startsWhenItsResponseUrlWasSigned(String url, Instant startedAt) {
    assertThat(InvocationContext.startedAt(url, NOW)).isEqualTo(startedAt);
  }
}
