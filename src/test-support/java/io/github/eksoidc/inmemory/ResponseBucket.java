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
 * CloudFormation's bucket for responses. It accepts a PUT and rejects what the signature of a
 * pre-signed URL does not cover.
 */
public final class ResponseBucket {

  static final String PATH = "/cloudformation-custom-resource-response/";

  private final Map<String, BlockingQueue<byte[]>> responses = new ConcurrentHashMap<>();

  private BlockingQueue<byte[]> of(String key) {
    return responses.computeIfAbsent(key, _ -> new LinkedBlockingQueue<>());
  }

  /** Returns the query of a key's pre-signed URL. It is valid for this key only. */
  static String query(String key) {
    return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=7200&X-Amz-Signature="
        + UUID.nameUUIDFromBytes(key.getBytes(UTF_8)).toString().replace("-", "");
  }

  /** The order does not matter: SigV4 sorts parameters ("canonical request"). */
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

  /** Waits for the first response; returns null after the timeout. */
  public byte[] await(String key, long millis) throws InterruptedException {
    byte[] response = of(key).poll(millis, TimeUnit.MILLISECONDS);
    if (response != null) {
      of(key).add(response);
    }
    return response;
  }

  /** Removes and returns all responses under a key. */
  public List<byte[]> take(String key) {
    BlockingQueue<byte[]> taken = responses.remove(key);
    return taken == null ? List.of() : List.copyOf(taken);
  }

  /** Returns all responses under a key. */
  public List<byte[]> all(String key) {
    return List.copyOf(of(key));
  }
}
