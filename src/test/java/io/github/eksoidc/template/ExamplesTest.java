package io.github.eksoidc.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resourcetype.EksOidcProviderProperties;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.trust.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example can be deployed as far as this can be said without CloudFormation: what it imports
 * is exported, and the function takes its properties. cfn-lint finds references to what is not
 * there.
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
  private static final String ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
  private static final String PROVIDER = "arn:aws:iam::111122223333:oidc-provider/" + ISSUER;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What somebody who deploys the examples may give. */
  private static final Map<String, String> GIVEN =
      Map.of(
          "ClusterName", "pay_ments",
          "ServiceAccount", "default:app",
          "Namespace", "payments",
          "IssuerUrl", "https://" + ISSUER);

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

  /** As CloudFormation would give it to IAM. */
  @ParameterizedTest
  @MethodSource("examples")
  void itsRolesTrustTheProviderAndNameItsIssuer(Path file) throws IOException {
    Template template = Template.read(file);
    for (String name : template.map("Resources").keySet()) {
      if ("AWS::IAM::Role".equals(template.at("Resources", name, "Type"))) {
        Object document =
            resolve(
                template, template.at("Resources", name, "Properties", "AssumeRolePolicyDocument"));
        JsonNode json =
            document instanceof String text ? JSON.readTree(text) : JSON.valueToTree(document);
        assertThat(json.path("Statement")).as(name).isNotEmpty();
        json.path("Statement").forEach(ExamplesTest::checkTrust);
      }
    }
  }

  private static void checkTrust(JsonNode statement) {
    if (statement.at("/Principal/Federated").isMissingNode()) {
      return;
    }
    assertThat(statement.at("/Principal/Federated").asText()).isEqualTo(PROVIDER);
    Set<String> keys = new TreeSet<>();
    statement.path("Condition").forEach(o -> o.fieldNames().forEachRemaining(keys::add));
    assertThat(keys).containsExactly(ISSUER + ":aud", ISSUER + ":sub");
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
      case "Fn::Sub" -> substitute(template, argument);
      case "Fn::Select" ->
          ((List<?>) resolve(template, ((List<?>) argument).get(1)))
              .get(Integer.parseInt(((List<?>) argument).getFirst().toString()));
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
      case "Fn::ImportValue" -> exported(resolve(template, argument).toString());
      case "Fn::GetAtt" ->
          attribute(
              template,
              ((List<?>) argument).getFirst().toString(),
              ((List<?>) argument).get(1).toString());
      default -> throw new AssertionError("Not used in examples: " + function);
    };
  }

  /** The text of {@code Fn::Sub}, which may come with values for its variables. */
  private static String substitute(Template template, Object argument) {
    String text =
        argument instanceof List<?> list ? list.getFirst().toString() : argument.toString();
    Map<?, ?> own = argument instanceof List<?> list ? (Map<?, ?>) list.get(1) : Map.of();
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> {
              String name = match.group(1);
              int dot = name.indexOf('.');
              String value =
                  own.containsKey(name)
                      ? resolve(template, own.get(name)).toString()
                      : dot < 0
                          ? named(template, name)
                          : attribute(template, name.substring(0, dot), name.substring(dot + 1));
              return Matcher.quoteReplacement(value);
            });
  }

  /** What {@code Ref} of a resource or a parameter returns. */
  private static String named(Template template, String name) {
    return switch ((String) template.at("Resources", name, "Type")) {
      case null -> GIVEN.getOrDefault(name, "given");
      case "Custom::EksOidcProvider", "AWS::IAM::OIDCProvider" -> PROVIDER;
      default -> "payments";
    };
  }

  /** What {@code Fn::GetAtt} returns. */
  private static String attribute(Template template, String resource, String attribute) {
    return switch ((String) template.at("Resources", resource, "Type")) {
      case "Custom::EksOidcProvider" ->
          switch (attribute) {
            case "Arn" -> PROVIDER;
            case "Url" -> "https://" + ISSUER;
            case "Issuer" -> ISSUER;
            case "Ownership" -> "Created";
            default -> throw new AssertionError("Not returned: " + attribute);
          };
      case "Custom::IrsaTrustPolicy" -> {
        Map<String, Object> properties = new LinkedHashMap<>();
        template
            .map("Resources", resource, "Properties")
            .forEach((name, value) -> properties.put(name, resolve(template, value)));
        TrustPolicy policy = IrsaTrustPolicyProperties.read(properties);
        yield switch (attribute) {
          case "PolicyDocument" -> policy.document(ExamplesTest::json);
          case "Statement" -> policy.statements(ExamplesTest::json);
          case "Issuer" -> ISSUER;
          default -> throw new AssertionError("Not returned: " + attribute);
        };
      }
      case String type when INCLUDED.contains(type) ->
          attribute.equals("Outputs.ServiceToken") ? TOKEN : "given";
      case String type -> "the " + attribute + " of a " + type;
    };
  }

  private static String json(Map<String, ?> map) {
    try {
      return JSON.writeValueAsString(map);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of an export of the function's stack or of the provider's stack. */
  private static String exported(String name) {
    if (name.equals(FUNCTION.at("Parameters", "ExportName", "Default"))) {
      return TOKEN;
    }
    // What CloudFormation allows, while a cluster's name may have an underscore.
    assertThat(name).matches("[A-Za-z0-9:-]+");
    Template provider = Template.read(EXAMPLES.resolve("provider-stack.yaml"));
    for (String output : provider.map("Outputs").keySet()) {
      if (name.equals(resolve(provider, provider.at("Outputs", output, "Export", "Name")))) {
        return resolve(provider, provider.at("Outputs", output, "Value")).toString();
      }
    }
    throw new AssertionError("Not exported: " + name);
  }
}
