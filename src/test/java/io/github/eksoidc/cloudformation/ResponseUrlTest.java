package io.github.eksoidc.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/a%3Ab%7Cc?X=1",
        "https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/arn%3Aaws%3A?X-Amz-Signature=0a",
        "HTTPS://example.com/",
        "http://localhost:4566/x?y",
        "http://127.0.0.1:1/x",
        "http://127.10.20.30/x",
        "http://[::1]:8080/x",
        "http://[0:0:0:0:0:0:0:1]/x"
      })
  void acceptsUsableUrls(String url) {
    assertThat(ResponseUrl.parse(url)).isPresent();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "http://example.com/x",
        "http://localhost.evil.example/x",
        "http://127.0.0.1.evil.example/x",
        "http://evil.example/127.0.0.1",
        "http://169.254.169.254/latest/meta-data",
        "http://[::2]/x",
        "http://0.0.0.0/x",
        "https://user:password@example.com/x",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "jar:https://example.com/x!/y",
        "https:/x",
        "https://",
        "//example.com/x",
        "example.com",
        "https://exa mple.com/",
        "https://example.com/\u0000"
      })
  void rejectsOtherUrls(String url) {
    assertThat(ResponseUrl.parse(url)).isEmpty();
  }

  @Test
  void toStringDoesNotContainTheUrl() {
    ResponseUrl url =
        ResponseUrl.parse("https://bucket.example/key?X-Amz-Signature=abc").orElseThrow();
    assertThat(url.toString()).doesNotContain("bucket", "key", "abc");
  }

  /** A request begins when CloudFormation signs its URL, which the URL says in whole seconds. */
  @ParameterizedTest
  @CsvSource({
    "?X-Amz-Date=20260102T030000Z&X-Amz-Expires=7200,      2026-01-02T03:00:00Z",
    "?X-Amz-Algorithm=AWS4&X-Amz-Date=20260102T030000Z,    2026-01-02T03:00:00Z",
    "?X-Amz-Date=20260102T030405Z,                         2026-01-02T03:04:05Z",
    // The clocks of CloudFormation and Lambda differ.
    "?X-Amz-Date=20260102T030434Z,                         2026-01-02T03:04:34Z",
    // The future, and longer ago than Lambda keeps an event
    "?X-Amz-Date=20260102T040000Z,                         2026-01-02T03:04:05.500Z",
    "?X-Amz-Date=20260101T200000Z,                         2026-01-02T03:04:05.500Z",
    "?X-Amz-Date=20261302T030000Z,                         2026-01-02T03:04:05.500Z",
    "?Expires=1767323045,                                  2026-01-02T03:04:05.500Z",
    "'',                                                   2026-01-02T03:04:05.500Z"
  })
  void requestIsSentWhenItsUrlIsSigned(String query, Instant sentAt) {
    ResponseUrl url = ResponseUrl.parse("https://bucket.example/key" + query).orElseThrow();
    assertThat(url.sentAt(Instant.parse("2026-01-02T03:04:05.500Z"))).isEqualTo(sentAt);
  }
}
