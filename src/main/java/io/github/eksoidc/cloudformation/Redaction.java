package io.github.eksoidc.cloudformation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes pre-signed URLs out of an event, wherever they stand but in its {@code ResponseURL}: so
 * nothing that is said of the event, in a log or in a reason, can tell one.
 */
public final class Redaction {

  private static final String INSTEAD = "(a pre-signed URL)";

  /** The parameters of signature versions 4 and 2. */
  private static final Pattern SIGNED =
      Pattern.compile("[?&](X-Amz-[A-Za-z-]+|AWSAccessKeyId|Signature)=", Pattern.CASE_INSENSITIVE);

  /** A query that is shorter is no secret, and might stand anywhere by chance. */
  private static final int SHORTEST_QUERY = 8;

  private final String query;

  private Redaction(String responseUrl) {
    int lease = responseUrl == null ? -1 : responseUrl.indexOf('?');
    String found = lease < 0 ? "" : responseUrl.substring(lease + 1);
    query = found.length() < SHORTEST_QUERY ? null : found;
  }

  /** Changes the event. */
  static void of(CloudFormationCustomResourceEvent event) {
    var redaction = new Redaction(event.getResponseUrl());
    event.setRequestType(redaction.text(event.getRequestType()));
    event.setStackId(redaction.text(event.getStackId()));
    event.setRequestId(redaction.text(event.getRequestId()));
    event.setResourceType(redaction.text(event.getResourceType()));
    event.setLogicalResourceId(redaction.text(event.getLogicalResourceId()));
    event.setPhysicalResourceId(redaction.text(event.getPhysicalResourceId()));
    event.setResourceProperties(redaction.map(event.getResourceProperties()));
    event.setOldResourceProperties(redaction.map(event.getOldResourceProperties()));
  }

  private String text(String text) {
    return text != null && ((query != null && text.contains(query)) || SIGNED.matcher(text).find())
        ? INSTEAD
        : text;
  }

  private Map<String, Object> map(Map<?, ?> map) {
    if (map == null) {
      return null;
    }
    Map<String, Object> redacted = new LinkedHashMap<>();
    map.forEach((key, value) -> redacted.put(text(String.valueOf(key)), value(value)));
    return redacted;
  }

  private Object value(Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text(text);
      case List<?> list -> list.stream().map(this::value).toList();
      case Map<?, ?> map -> map(map);
      default -> value;
    };
  }
}
