package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.eksoidc.resource.ResourceResult;
import java.text.BreakIterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** The answer to one request. */
public sealed interface Response {

  /** CloudFormation's limit for an answer's body. */
  int MAX_BYTES = 4096;

  /** CloudFormation's limit for the id. */
  int MAX_ID_LENGTH = 1024;

  /** What {@code Ref} returns; also sent when the request failed. */
  String physicalId();

  /** The request was carried out. */
  record Success(ResourceResult result) implements Response {
    public Success {
      requireNonNull(result, "result is null");
    }

    /**
     * How many bytes the body has room for beside this result; less than zero if it is too large.
     */
    public int room(CloudFormationCustomResourceEvent event) {
      return MAX_BYTES
          - ((Response) this).body(event, MAX_ID_LENGTH, "", result.attributes()).length;
    }

    @Override
    public String physicalId() {
      return result.physicalId();
    }
  }

  /**
   * The request was not carried out.
   *
   * @param reason for people
   */
  record Failed(String physicalId, String reason) implements Response {
    public Failed {
      requireNonNull(physicalId, "physicalId is null");
      requireNonNull(reason, "reason is null");
    }
  }

  /** {@code SUCCESS} or {@code FAILED}. */
  default String status() {
    return switch (this) {
      case Success _ -> "SUCCESS";
      case Failed _ -> "FAILED";
    };
  }

  /**
   * The body to PUT: JSON in UTF-8, {@value #MAX_BYTES} bytes at the most. A reason that is too
   * long is cut between characters; a success whose attributes don't fit becomes a failure that
   * says so.
   */
  default byte[] body(CloudFormationCustomResourceEvent event) {
    return switch (this) {
      case Success(ResourceResult result) -> {
        byte[] body = body(event, MAX_ID_LENGTH, "", result.attributes());
        yield body.length <= MAX_BYTES
            ? body
            : new Failed(
                    physicalId(),
                    "The answer would have %d bytes, but CloudFormation takes %d at the most."
                        .formatted(body.length, MAX_BYTES))
                .body(event);
      }
      case Failed(_, String reason) -> {
        byte[] body = body(event, MAX_ID_LENGTH, reason, Map.of());
        if (body.length <= MAX_BYTES) {
          yield body;
        }
        // Only a broken event has ids so long that nothing else has room.
        int longest =
            body(event, MAX_ID_LENGTH, "", Map.of()).length > MAX_BYTES / 2 ? 128 : MAX_ID_LENGTH;
        yield bodyWithCutReason(event, longest, reason);
      }
    };
  }

  private byte[] bodyWithCutReason(
      CloudFormationCustomResourceEvent event, int longestId, String reason) {
    // No more characters than bytes fit: so a very long reason is not broken up as a whole.
    String part = reason.substring(0, Math.min(reason.length(), MAX_BYTES));
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(part);
    int fits = 0;
    int low = 0;
    int high = part.length();
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int end =
          middle == 0 ? 0 : characters.isBoundary(middle) ? middle : characters.preceding(middle);
      if (body(event, longestId, part.substring(0, end) + "…", Map.of()).length <= MAX_BYTES) {
        fits = Math.max(fits, end);
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return body(event, longestId, part.substring(0, fits) + "…", Map.of());
  }

  private byte[] body(
      CloudFormationCustomResourceEvent event,
      int longestId,
      String reason,
      Map<String, String> attributes) {
    SequencedMap<String, Object> members = new LinkedHashMap<>();
    members.put("Status", status());
    if (!reason.isEmpty()) {
      members.put("Reason", reason);
    }
    members.put("PhysicalResourceId", cut(physicalId(), longestId));
    members.put("StackId", cut(event.getStackId(), longestId));
    members.put("RequestId", cut(event.getRequestId(), longestId));
    members.put("LogicalResourceId", cut(event.getLogicalResourceId(), longestId));
    if (!attributes.isEmpty()) {
      members.put("Data", attributes);
    }
    return Json.line(members).getBytes(UTF_8);
  }

  private static String cut(String id, int longest) {
    if (id == null) {
      return "";
    }
    return id.length() <= longest ? id : id.substring(0, longest);
  }
}
