package io.github.eksoidc.memory;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * CloudFormation's bucket for answers: takes a PUT, and refuses what the signature of a pre-signed
 * URL does not cover.
 */
public final class ResponseBucket {

  static final String PATH = "/cloudformation-custom-resource-response/";

  private final Map<String, BlockingQueue<byte[]>> answers = new ConcurrentHashMap<>();

  private BlockingQueue<byte[]> of(String key) {
    return answers.computeIfAbsent(key, _ -> new LinkedBlockingQueue<>());
  }

  Reply handle(String method, String key, String contentType, String query, byte[] body) {
    if (!method.equals("PUT") || !contentType.isEmpty() || !query.contains("X-Amz-Signature=")) {
      throw new AwsError(
          "SignatureDoesNotMatch",
          403,
          "The request signature we calculated does not match the signature you provided.");
    }
    of(key).add(body);
    return new Reply(200, Map.of("ETag", "\"0\""), new byte[0]);
  }

  static Reply error(AwsError error) {
    return Reply.of(
        error.status(),
        "application/xml",
        "<Error><Code>%s</Code><Message>%s</Message></Error>"
            .formatted(error.code(), error.getMessage()),
        "bucket");
  }

  /** Waits for the first answer to a request; null if none comes in time. */
  public byte[] await(String key, long millis) throws InterruptedException {
    byte[] answer = of(key).poll(millis, TimeUnit.MILLISECONDS);
    if (answer != null) {
      of(key).add(answer);
    }
    return answer;
  }

  /** Every answer that came to a request. */
  public List<byte[]> all(String key) {
    return List.copyOf(of(key));
  }
}
