package io.github.eksoidc.inmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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

  /** The query of a key's pre-signed URL: another key, or another query, is not signed. */
  static String query(String key) {
    return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=7200&X-Amz-Signature="
        + UUID.nameUUIDFromBytes(key.getBytes(UTF_8)).toString().replace("-", "");
  }

  /** In any order: a signature covers them sorted (SigV4, "canonical request"). */
  private static Set<String> parameters(String query) {
    return Set.copyOf(List.of(query.split("&", -1)));
  }

  Reply handle(String method, String key, String contentType, String query, byte[] body) {
    if (!method.equals("PUT")
        || !contentType.isEmpty()
        || !parameters(query).equals(parameters(query(key)))) {
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

  /** Every answer that came to a request; they are forgotten. */
  public List<byte[]> take(String key) {
    BlockingQueue<byte[]> taken = answers.remove(key);
    return taken == null ? List.of() : List.copyOf(taken);
  }

  /** Every answer that came to a request. */
  public List<byte[]> all(String key) {
    return List.copyOf(of(key));
  }
}
