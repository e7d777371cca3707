package io.github.eksoidc.cloudformation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Removes pre-signed URLs from all members of an event except its {@code ResponseURL}, so that no
 * log line and no reason can contain one.
 */
public final class Redaction {

  private static final String REPLACEMENT = "(a pre-signed URL)";

  /** A query parameter of signature version 4 or 2. */
  private static final Pattern SIGNATURE =
      Pattern.compile("[?&](X-Amz-[A-Za-z-]+|AWSAccessKeyId|Signature)=", Pattern.CASE_INSENSITIVE);

  /** A shorter query is not a secret, and could occur in other text by chance. */
  private static final int MIN_QUERY_LENGTH = 8;

  private final String query;

  private Redaction(String responseUrl) {
    int questionMark = responseUrl == null ? -1 : responseUrl.indexOf('?');
    String found = questionMark < 0 ? "" : responseUrl.substring(questionMark + 1);
    query = found.length() < MIN_QUERY_LENGTH ? null : found;
  }

  /** Redacts an event in place. */
  static void redact(CloudFormationCustomResourceEvent event) {
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
    return text != null
            && ((query != null && text.contains(query)) || SIGNATURE.matcher(text).find())
        ? REPLACEMENT
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
