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

/** The response to one request. */
public sealed interface Response {

  /** CloudFormation's limit for a response's body. */
  int MAX_BYTES = 4096;

  /** CloudFormation's limit for a physical id. */
  int MAX_ID_LENGTH = 1024;

  /** The value of {@code Ref}; a failed request needs one, too. */
  String physicalId();

  /** The request succeeded. */
  record Success(ResourceResult result) implements Response {
    public Success {
      requireNonNull(result, "result is null");
    }

    /** Returns how many bytes the body can still hold; negative if the result does not fit. */
    public int remainingBytes(CloudFormationCustomResourceEvent event) {
      return MAX_BYTES
          - ((Response) this).body(event, MAX_ID_LENGTH, "", result.attributes()).length;
    }

    @Override
    public String physicalId() {
      return result.physicalId();
    }
  }

  /**
   * The request failed.
   *
   * @param reason one or two sentences for the stack's events; made printable
   */
  record Failed(String physicalId, String reason) implements Response {
    public Failed {
      requireNonNull(physicalId, "physicalId is null");
      reason = Printable.of(requireNonNull(reason, "reason is null"));
    }
  }

  /** Returns {@code SUCCESS} or {@code FAILED}. */
  default String status() {
    return switch (this) {
      case Success _ -> "SUCCESS";
      case Failed _ -> "FAILED";
    };
  }

  /**
   * Returns the body: JSON in UTF-8, at most {@value #MAX_BYTES} bytes. A reason that is too long
   * is truncated between characters. A success whose attributes do not fit becomes a failure.
   */
  default byte[] body(CloudFormationCustomResourceEvent event) {
    return switch (this) {
      case Success(ResourceResult result) -> {
        byte[] body = body(event, MAX_ID_LENGTH, "", result.attributes());
        yield body.length <= MAX_BYTES
            ? body
            : new Failed(
                    physicalId(),
                    "The response would have %d bytes, but CloudFormation accepts at most %d."
                        .formatted(body.length, MAX_BYTES))
                .body(event);
      }
      case Failed(_, String reason) -> {
        byte[] body = body(event, MAX_ID_LENGTH, reason, Map.of());
        if (body.length <= MAX_BYTES) {
          yield body;
        }
        // Only a malformed event has ids that leave no space for the reason.
        int maxIdLength =
            body(event, MAX_ID_LENGTH, "", Map.of()).length > MAX_BYTES / 2 ? 128 : MAX_ID_LENGTH;
        yield bodyWithTruncatedReason(event, maxIdLength, reason);
      }
    };
  }

  private byte[] bodyWithTruncatedReason(
      CloudFormationCustomResourceEvent event, int maxIdLength, String reason) {
    // A character needs at least one byte, so a longer part never fits.
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
      if (body(event, maxIdLength, part.substring(0, end) + "…", Map.of()).length <= MAX_BYTES) {
        fits = Math.max(fits, end);
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return body(event, maxIdLength, part.substring(0, fits) + "…", Map.of());
  }

  private byte[] body(
      CloudFormationCustomResourceEvent event,
      int maxIdLength,
      String reason,
      Map<String, String> attributes) {
    SequencedMap<String, Object> members = new LinkedHashMap<>();
    members.put("Status", status());
    if (!reason.isEmpty()) {
      members.put("Reason", reason);
    }
    members.put("PhysicalResourceId", truncate(physicalId(), maxIdLength));
    members.put("StackId", truncate(event.getStackId(), maxIdLength));
    members.put("RequestId", truncate(event.getRequestId(), maxIdLength));
    members.put("LogicalResourceId", truncate(event.getLogicalResourceId(), maxIdLength));
    if (!attributes.isEmpty()) {
      members.put("Data", attributes);
    }
    return Json.line(members).getBytes(UTF_8);
  }

  private static String truncate(String id, int maxLength) {
    if (id == null) {
      return "";
    }
    return id.length() <= maxLength ? id : id.substring(0, maxLength);
  }
}
