package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * An event, as far as it can be parsed. A malformed event can still contain a usable response URL,
 * so parsing never throws.
 *
 * @param event the members of CloudFormation's events that are valid
 * @param responseUrl where the response goes; empty if the event has no usable URL
 * @param members the names of all members, each with the text of its value: of CloudFormation's
 *     members, and of a list or a map, the empty text
 * @param problem what is wrong with the event, without any of its values; empty for a valid event
 */
public record ParsedEvent(
    CloudFormationCustomResourceEvent event,
    Optional<ResponseUrl> responseUrl,
    SequencedMap<String, String> members,
    Optional<String> problem) {

  /** No property needs more than a list of maps, so deeper nesting is an error. */
  private static final int MAX_DEPTH = 32;

  /** CloudFormation's events have eleven. */
  private static final int MAX_MEMBERS = 1_000;

  public ParsedEvent {
    requireNonNull(event, "event is null");
    requireNonNull(responseUrl, "responseUrl is null");
    requireNonNull(members, "members is null");
    requireNonNull(problem, "problem is null");
  }

  /** Parses an event. */
  public static ParsedEvent parse(byte[] bytes) {
    return new Reader().parse(bytes);
  }

  /** How long CloudFormation waits for the response; empty if the event does not say. */
  public Optional<Duration> serviceTimeout() {
    return Optional.ofNullable(event.getResourceProperties()).flatMap(ServiceTimeout::of);
  }

  private static final class Reader {

    private final CloudFormationCustomResourceEvent event = new CloudFormationCustomResourceEvent();
    private final SequencedMap<String, String> members = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private boolean isTooLarge;

    ParsedEvent parse(byte[] bytes) {
      // As a string without lone surrogates: Jackson stops at invalid UTF-8 in bytes, and at a name
      // with a lone surrogate, although the response URL may follow.
      String text = Json.withoutLoneSurrogates(new String(bytes, UTF_8));
      try (JsonParser parser = Json.parser(text)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          problems.add("it is not a JSON object");
        } else {
          members(parser);
          if (parser.nextToken() != null) {
            problems.add("the JSON object is followed by other text");
          }
        }
      } catch (JsonProcessingException e) {
        // Without its message, which may quote the event and so the response URL.
        var location = e.getLocation();
        problems.add(
            location == null
                ? "it is not valid JSON"
                : "it is not valid JSON at line %d, column %d"
                    .formatted(location.getLineNr(), location.getColumnNr()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Redaction.redact(event);
      return new ParsedEvent(
          event,
          ResponseUrl.parse(event.getResponseUrl()),
          members,
          problems.isEmpty()
              ? Optional.empty()
              : Optional.of("The event is not valid: " + String.join("; ", problems) + "."));
    }

    private void members(JsonParser parser) throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (members.size() == MAX_MEMBERS) {
          if (!isTooLarge) {
            problems.add("it has more than %d members".formatted(MAX_MEMBERS));
          }
          isTooLarge = true;
          members.pollLastEntry();
        }
        members.put(name, "");
        switch (name) {
          case "RequestType" -> string(parser, name, event::setRequestType);
          case "ResponseURL" -> string(parser, name, event::setResponseUrl);
          case "StackId" -> string(parser, name, event::setStackId);
          case "RequestId" -> string(parser, name, event::setRequestId);
          case "ResourceType" -> string(parser, name, event::setResourceType);
          case "LogicalResourceId" -> string(parser, name, event::setLogicalResourceId);
          case "PhysicalResourceId" -> string(parser, name, event::setPhysicalResourceId);
          case "ResourceProperties" -> object(parser, name, event::setResourceProperties);
          case "OldResourceProperties" -> object(parser, name, event::setOldResourceProperties);
          default -> members.put(name, text(parser));
        }
      }
    }

    /** Without parsing a number, which nobody may need, and which may have millions of digits. */
    private static String text(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return null;
      }
      if (parser.currentToken().isScalarValue()) {
        return parser.getText();
      }
      parser.skipChildren();
      return "";
    }

    private void string(JsonParser parser, String name, Consumer<String> target)
        throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        target.accept(parser.getText());
      } else {
        parser.skipChildren();
        problems.add(name + " is not a string");
      }
    }

    private void object(JsonParser parser, String name, Consumer<Map<String, Object>> target)
        throws IOException {
      var values = new Json.Values(MAX_DEPTH - 1);
      if (!(values.read(parser) instanceof Map<?, ?> members)) {
        problems.add(name + " is not an object");
      } else if (values.isTooDeep()) {
        problems.add("%s is nested deeper than %d levels".formatted(name, MAX_DEPTH));
      } else if (values.areTooMany()) {
        problems.add(name + " has too many values");
      } else {
        Map<String, Object> properties = new LinkedHashMap<>();
        members.forEach((key, value) -> properties.put((String) key, value));
        target.accept(properties);
      }
    }
  }
}
