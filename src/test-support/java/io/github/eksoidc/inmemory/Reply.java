package io.github.eksoidc.inmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/** An HTTP response. */
record Reply(int status, Map<String, String> headers, byte[] body) {

  static Reply of(int status, String contentType, String body, String requestId) {
    return new Reply(
        status,
        Map.of("Content-Type", contentType, "x-amzn-RequestId", requestId),
        body.getBytes(UTF_8));
  }
}
