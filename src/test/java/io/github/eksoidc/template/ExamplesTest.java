package io.github.eksoidc.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every example can be deployed as far as this can be said without CloudFormation: what it refers
 * to is there, what it imports is exported, and the function takes its properties.
 *
 * <p>{@code -Dtemplates=<folder>} checks other templates as well, such as what CDK makes.
 */
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("examples");
  private static final Template FUNCTION = Template.read(Path.of("template.yaml"));
  private static final FunctionLocation HOME =
      new FunctionLocation("aws", "eu-west-1", "111122223333");

  private static final String TOKEN =
      "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider:live";
  private static final String PROVIDER =
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AAAA";

  /** What somebody who deploys the examples may give. */
  private static final Map<String, String> GIVEN =
      Map.of(
          "ClusterName", "payments",
          "ServiceAccount", "default:app",
          "Namespace", "payments",
          "IssuerUrl", "https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA");

  /** Resources that include the template of the function. */
  private static final Set<Object> INCLUDED =
      Set.of("AWS::CloudFormation::Stack", "AWS::Serverless::Application");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9:.]+)}");

  static List<Path> examples() throws IOException {
    try (Stream<Path> own = Files.list(EXAMPLES);
        Stream<Path> migration = Files.list(EXAMPLES.resolve("migration"));
        Stream<Path> more =
            System.getProperty("templates") == null
                ? Stream.empty()
                : Files.list(Path.of(System.getProperty("templates")))) {
      return Stream.of(own, migration, more)
          .flatMap(files -> files)
          .filter(file -> file.toString().matches(".*(\\.yaml|\\.template\\.json)"))
          .sorted()
          .toList();
    }
  }

  @Test
  void thereIsOneForEachWayOfUse() throws IOException {
    assertThat(examples().stream().map(file -> file.getFileName().toString()))
        .contains(
            "cluster-and-role.yaml",
            "existing-cluster.yaml",
            "nested.yaml",
            "serverless-application.yaml",
            "provider-stack.yaml",
            "roles-stack.yaml",
            "cross-account.yaml",
            "blue-green.yaml",
            "pod-identity.yaml",
            "joined-statements.yaml",
            "stackset.yaml");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theFunctionTakesItsProperties(Path file) {
    Template template = Template.read(file);
    template
        .map("Resources")
        .forEach(
            (name, resource) -> {
              Object type = template.at("Resources", name, "Type");
              if (type.toString().startsWith("Custom::")) {
                check(type.toString(), template, template.map("Resources", name, "Properties"));
              }
            });
  }

  private static void check(String type, Template template, Map<String, Object> properties) {
    Map<String, Object> resolved = new LinkedHashMap<>();
    properties.forEach((name, value) -> resolved.put(name, resolve(template, value)));
    assertThat(resolved.get("ServiceToken")).isEqualTo(TOKEN);
    switch (type) {
      case "Custom::EksOidcProvider" -> EksOidcProviderProperties.read(resolved, HOME);
      case "Custom::IrsaTrustPolicy" -> IrsaTrustPolicyProperties.read(resolved);
      default -> throw new AssertionError("No such type: " + type);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void whatItRefersToIsThere(Path file) {
    Template template = Template.read(file);
    Set<String> names = new TreeSet<>(template.map("Resources").keySet());
    names.addAll(template.map("Parameters").keySet());
    visit(
        template.at(),
        (function, value) -> {
          switch (function) {
            case "Ref" -> assertThat(isKnown(value.toString(), names)).as("%s", value).isTrue();
            case "Fn::GetAtt" -> checkAttribute(template, (List<?>) value);
            case "Fn::Sub" -> {
              Set<String> known = new TreeSet<>(names);
              if (value instanceof List<?> list) {
                // Fn::Sub: [text, {name: value}]
                ((Map<?, ?>) list.get(1)).keySet().forEach(name -> known.add(name.toString()));
              }
              var variables = VARIABLE.matcher(value.toString());
              while (variables.find()) {
                checkVariable(template, variables.group(1), known);
              }
            }
            case "Fn::ImportValue" ->
                assertThat(exports()).contains(resolve(template, value).toString());
            default -> {}
          }
        });
  }

  private static boolean isKnown(String name, Set<String> names) {
    return names.contains(name) || name.startsWith("AWS::");
  }

  /** {@code ${Name}} is a Ref, {@code ${Name.Attribute}} a GetAtt. */
  private static void checkVariable(Template template, String variable, Set<String> names) {
    int dot = variable.indexOf('.');
    if (dot < 0) {
      assertThat(isKnown(variable, names)).as(variable).isTrue();
    } else {
      checkAttribute(template, List.of(variable.substring(0, dot), variable.substring(dot + 1)));
    }
  }

  private static void checkAttribute(Template template, List<?> path) {
    String resource = path.get(0).toString();
    String attribute = path.get(1).toString();
    Object type = template.at("Resources", resource, "Type");
    assertThat(type).as(resource).isNotNull();
    if (type.toString().startsWith("Custom::")) {
      assertThat(Schema.of(type.toString()).returnValues()).contains(attribute);
    } else if (INCLUDED.contains(type)) {
      assertThat(FUNCTION.map("Outputs").keySet()).contains(attribute.replace("Outputs.", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested.yaml", "serverless-application.yaml"})
  void theIncludedFunctionHasTheParametersThatItReceives(String file) {
    Template nested = Template.read(EXAMPLES.resolve(file));
    assertThat(nested.at("Resources", "Function", "Type")).isIn(INCLUDED);
    assertThat(FUNCTION.map("Parameters").keySet())
        .containsAll(nested.map("Resources", "Function", "Properties", "Parameters").keySet());
  }

  /** What the function's template and the provider's stack export, for the names given here. */
  private static Set<String> exports() {
    Set<String> exports = new TreeSet<>();
    exports.add(FUNCTION.at("Parameters", "ExportName", "Default").toString());
    Template provider = Template.read(EXAMPLES.resolve("provider-stack.yaml"));
    for (String output : provider.map("Outputs").keySet()) {
      exports.add(resolve(provider, provider.at("Outputs", output, "Export", "Name")).toString());
    }
    return exports;
  }

  private static Object resolve(Template template, Object value) {
    return switch (value) {
      case List<?> list -> list.stream().map(element -> resolve(template, element)).toList();
      case Map<?, ?> map when map.size() == 1 && isFunction(map) -> {
        var call = map.entrySet().iterator().next();
        yield call(template, call.getKey().toString(), call.getValue());
      }
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((k, v) -> members.put(k.toString(), resolve(template, v)));
        yield members;
      }
      default -> value;
    };
  }

  private static boolean isFunction(Map<?, ?> map) {
    String name = map.keySet().iterator().next().toString();
    return name.equals("Ref") || name.startsWith("Fn::");
  }

  private static Object call(Template template, String function, Object argument) {
    return switch (function) {
      case "Ref" -> named(template, argument.toString());
      case "Fn::Sub" ->
          VARIABLE
              .matcher(argument.toString())
              .replaceAll(match -> named(template, match.group(1)));
      case "Fn::Split" ->
          List.of(
              resolve(template, ((List<?>) argument).get(1))
                  .toString()
                  .split(Pattern.quote(((List<?>) argument).getFirst().toString())));
      case "Fn::Join" ->
          ((List<?>) resolve(template, ((List<?>) argument).get(1)))
              .stream()
                  .map(Object::toString)
                  .collect(Collectors.joining(((List<?>) argument).getFirst().toString()));
      case "Fn::ImportValue" ->
          resolve(template, argument).toString().endsWith("ServiceToken") ? TOKEN : PROVIDER;
      case "Fn::GetAtt" ->
          ((List<?>) argument).get(1).toString().endsWith("ServiceToken") ? TOKEN : PROVIDER;
      default -> throw new AssertionError("Not used in examples: " + function);
    };
  }

  private static String named(Template template, String name) {
    Object type = template.at("Resources", name, "Type");
    if (type != null) {
      return type.equals("Custom::EksOidcProvider") ? PROVIDER : "payments";
    }
    return GIVEN.getOrDefault(name, "given");
  }

  /** Called for every intrinsic function in a value. */
  private interface Visitor {
    void visit(String function, Object argument);
  }

  private static void visit(Object value, Visitor visitor) {
    switch (value) {
      case Map<?, ?> map -> {
        map.forEach(
            (key, argument) -> {
              if (key.equals("Ref") || key.toString().startsWith("Fn::")) {
                visitor.visit(key.toString(), argument);
              }
              visit(argument, visitor);
            });
      }
      case List<?> list -> list.forEach(element -> visit(element, visitor));
      case null, default -> {}
    }
  }
}
