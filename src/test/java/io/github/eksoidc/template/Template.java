package io.github.eksoidc.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.Construct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A template of CloudFormation, with its short forms ({@code !Ref x}) as maps of one entry. */
public final class Template {

  private static final class ShortForms extends SafeConstructor {

    ShortForms() {
      super(new LoaderOptions());
      Construct any =
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              String name = node.getTag().getValue().substring(1);
              Object value =
                  switch (node) {
                    case ScalarNode scalar -> scalar.getValue();
                    case SequenceNode sequence -> constructSequence(sequence);
                    case MappingNode mapping -> constructMapping(mapping);
                    default -> throw new IllegalStateException("No such node: " + node);
                  };
              if (name.equals("GetAtt") && value instanceof String text) {
                value = List.of(text.split("\\.", 2));
              }
              return Map.of(
                  name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name, value);
            }
          };
      yamlMultiConstructors.put("!", any);
    }
  }

  private final Map<String, Object> root;

  private Template(Map<String, Object> root) {
    this.root = root;
  }

  /** Reads a template. */
  public static Template read(Path file) {
    try {
      return new Template(new Yaml(new ShortForms()).load(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value at a path of names; null if there is none. */
  public Object at(String... path) {
    Object value = root;
    for (String name : path) {
      value = value instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return value;
  }

  /** The map at a path. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> map(String... path) {
    Object value = at(path);
    return value == null ? Map.of() : (Map<String, Object>) value;
  }
}
