package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What came in, as far as it can be read. An event that is broken in one place can still say in
 * another where to answer, so reading never throws.
 *
 * @param event what could be read
 * @param problem what could not, in words for people and without any value; empty for a sound event
 */
public record ParsedEvent(CloudFormationCustomResourceEvent event, Optional<String> problem) {

  /**
   * Properties hold lists of maps at the deepest; whatever is deeper than this is no template's.
   */
  private static final int MAX_DEPTH = 32;

  public ParsedEvent {
    requireNonNull(event, "event is null");
    requireNonNull(problem, "problem is null");
  }

  /** Reads an event's bytes. */
  public static ParsedEvent read(byte[] bytes) {
    return new Reader().read(bytes);
  }

  private static final class Reader {

    private final CloudFormationCustomResourceEvent event = new CloudFormationCustomResourceEvent();
    private final List<String> problems = new ArrayList<>();

    ParsedEvent read(byte[] bytes) {
      // As text: Jackson's parser of bytes stops at a name with a lone surrogate, and at bytes that
      // are no UTF-8, though the response URL may come after them.
      try (JsonParser parser = Json.parser(new String(bytes, UTF_8))) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          problems.add("it is no JSON object");
        } else {
          members(parser);
          if (parser.nextToken() != null) {
            problems.add("something follows the JSON object");
          }
        }
      } catch (JsonProcessingException e) {
        // Not its message: that may quote the event, and the response URL with it.
        var location = e.getLocation();
        problems.add(
            location == null
                ? "it is not JSON"
                : "it is not JSON, at line %d, column %d"
                    .formatted(location.getLineNr(), location.getColumnNr()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Redaction.of(event);
      return new ParsedEvent(
          event,
          problems.isEmpty()
              ? Optional.empty()
              : Optional.of("The event can't be read: " + String.join("; ", problems) + "."));
    }

    private void members(JsonParser parser) throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "RequestType" -> text(parser, name, event::setRequestType);

          case "ResponseURL" -> text(parser, name, event::setResponseUrl);
          case "StackId" -> text(parser, name, event::setStackId);
          case "RequestId" -> text(parser, name, event::setRequestId);
          case "ResourceType" -> text(parser, name, event::setResourceType);
          case "LogicalResourceId" -> text(parser, name, event::setLogicalResourceId);
          case "PhysicalResourceId" -> text(parser, name, event::setPhysicalResourceId);
          case "ResourceProperties" -> map(parser, name, event::setResourceProperties);
          case "OldResourceProperties" -> map(parser, name, event::setOldResourceProperties);
          default -> parser.skipChildren();
        }
      }
    }

    private void text(JsonParser parser, String name, Consumer<String> target) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        target.accept(parser.getText());
      } else {
        problems.add(name + " is no text");
        parser.skipChildren();
      }
    }

    private void map(JsonParser parser, String name, Consumer<Map<String, Object>> target)
        throws IOException {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        int before = problems.size();
        Map<String, Object> value = object(parser, name, 1);
        if (problems.size() == before) {
          target.accept(value);
        }
      } else {
        problems.add(name + " is no map");
        parser.skipChildren();
      }
    }

    private Map<String, Object> object(JsonParser parser, String where, int depth)
        throws IOException {
      Map<String, Object> members = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        members.put(name, value(parser, where, depth + 1));
      }
      return members;
    }

    private List<Object> array(JsonParser parser, String where, int depth) throws IOException {
      List<Object> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value(parser, where, depth + 1));
      }
      return elements;
    }

    private Object value(JsonParser parser, String where, int depth) throws IOException {
      if (depth > MAX_DEPTH && parser.currentToken().isStructStart()) {
        String problem = "%s is nested deeper than %d levels".formatted(where, MAX_DEPTH);
        if (!problems.contains(problem)) {
          problems.add(problem);
        }
        parser.skipChildren();
        return null;
      }
      return switch (parser.currentToken()) {
        case START_OBJECT -> object(parser, where, depth);
        case START_ARRAY -> array(parser, where, depth);
        case VALUE_STRING -> parser.getText();
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NUMBER_INT -> number(parser);
        case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
        default -> null;
      };
    }

    /** CloudFormation sends none; what a number is matters only for saying that it is one. */
    private static Number number(JsonParser parser) throws IOException {
      try {
        return parser.getLongValue();
      } catch (JsonProcessingException e) {
        return Double.NaN;
      }
    }
  }
}
