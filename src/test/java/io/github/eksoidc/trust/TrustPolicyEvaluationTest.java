package io.github.eksoidc.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.trust.PolicyEvaluator.Request;
import io.github.eksoidc.trust.PolicyEvaluator.ServiceCall;
import io.github.eksoidc.trust.PolicyEvaluator.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Exactly the listed service accounts of exactly the listed clusters can assume the role, over
 * random policies and requests. Names have few different letters, so that a request often matches a
 * policy, and often almost does.
 */
class TrustPolicyEvaluationTest {

  private static final int POLICIES = TestSize.of(1_500, 40_000);

  private static final String POD_IDENTITY = "pods.eks.amazonaws.com";

  /** The properties that a template gives. */
  record Template(
      List<String> providers,
      List<String> audiences,
      List<String> serviceAccounts,
      boolean podIdentity,
      List<String> clusterNames) {

    Map<String, Object> properties() {
      Map<String, Object> properties =
          TestEvents.properties(
              "Audience",
              audiences.size() == 1 ? audiences.getFirst() : audiences,
              "ServiceAccounts",
              serviceAccounts);
      if (providers.size() == 1) {
        properties.put("ProviderArn", providers.getFirst());
      } else {
        properties.put("ProviderArns", providers);
      }
      if (podIdentity) {
        properties.put("PodIdentity", "true");
      }
      if (!clusterNames.isEmpty()) {
        properties.put("ClusterNames", clusterNames);
      }
      return properties;
    }

    TrustPolicy policy() {
      return IrsaTrustPolicyProperties.read(properties());
    }

    String document() {
      return policy().document(Json::line);
    }

    /** Decides from the properties alone, without the policy document. */
    boolean lists(Request request) {
      return switch (request) {
        case Token token ->
            providers.contains(token.principal())
                && token.principal().endsWith("/" + token.issuer())
                && token.audience() != null
                && audiences.contains(token.audience())
                && token.subject() != null
                && serviceAccounts.stream()
                    .anyMatch(
                        one -> token.subject().matches("system:serviceaccount:" + regex(one)));
        case ServiceCall call ->
            podIdentity
                && call.principal().equals(POD_IDENTITY)
                && providers.stream()
                    .anyMatch(arn -> arn.split(":", -1)[4].equals(call.sourceAccount()))
                && (clusterNames.isEmpty()
                    || clusterNames.contains(
                        call.sessionTags().getOrDefault("eks-cluster-name", "")))
                && call.sessionTags().containsKey("kubernetes-namespace")
                && call.sessionTags().containsKey("kubernetes-service-account")
                && serviceAccounts.stream()
                    .anyMatch(
                        one ->
                            (call.sessionTags().get("kubernetes-namespace")
                                    + ":"
                                    + call.sessionTags().get("kubernetes-service-account"))
                                .matches(regex(one)));
        default -> throw new IllegalArgumentException(request.toString());
      };
    }
  }

  /** The pattern {@code namespace:name} as a regular expression; no name here has a colon. */
  private static String regex(String serviceAccount) {
    return serviceAccount.replace(".", "[.]").replace("*", "[^:]*").replace("?", "[^:]");
  }

  @Test
  void exactlyTheListedServiceAccountsOfTheListedClustersGetIn() {
    Random random = new Random(20_260_105);
    int requests = 0;
    Map<String, Integer> allowed = new LinkedHashMap<>();
    for (int i = 0; i < POLICIES; i++) {
      Template template = template(random);
      String document = template.document();
      PolicyEvaluator evaluator = new PolicyEvaluator(document);
      for (int j = 0; j < 12; j++) {
        Request request = random.nextBoolean() ? token(random) : serviceCall(random);
        boolean listed = template.lists(request);
        assertThat(evaluator.allows(request))
            .as("%s under %s", request, document)
            .isEqualTo(listed);
        requests++;
        if (listed) {
          allowed.merge(request.principalType(), 1, Integer::sum);
        }
      }
    }
    System.out.printf(
        "Trust policies: %,d, evaluated for %,d requests, allowed: %s%n",
        POLICIES, requests, allowed);
    // Both kinds get in often enough for the comparison to mean something.
    assertThat(allowed.values()).hasSize(2).allMatch(count -> count > POLICIES / 20);
  }

  @Test
  void everyListedServiceAccountGetsInWithBothMechanisms() {
    Random random = new Random(20_260_106);
    for (int i = 0; i < POLICIES / 4; i++) {
      Template template = template(random);
      PolicyEvaluator evaluator = new PolicyEvaluator(template.document());
      String audience = template.audiences().getLast();
      for (String one : template.serviceAccounts()) {
        String[] parts = one.replace("*", "").replace('?', 'a').split(":", -1);
        for (String arn : template.providers()) {
          String issuer = arn.substring(arn.indexOf('/') + 1);
          String subject = "system:serviceaccount:" + parts[0] + ":" + parts[1];
          assertThat(evaluator.allows(new Token(arn, issuer, audience, subject)))
              .as("%s", template)
              .isTrue();
          assertThat(evaluator.allows(new Token(arn, issuer, null, subject))).isFalse();
          assertThat(evaluator.allows(new Token(arn, issuer, audience, null))).isFalse();

          String account = arn.split(":", -1)[4];
          Map<String, String> tags = sessionTags(parts[0], parts[1]);
          if (!template.clusterNames().isEmpty()) {
            tags.put("eks-cluster-name", template.clusterNames().getLast());
          }
          assertThat(evaluator.allows(new ServiceCall(POD_IDENTITY, account, tags)))
              .as("%s", template)
              .isEqualTo(template.podIdentity());
          assertThat(evaluator.allows(new ServiceCall(POD_IDENTITY, null, tags))).isFalse();
          // An association can disable session tags.
          assertThat(evaluator.allows(new ServiceCall(POD_IDENTITY, account, Map.of()))).isFalse();
        }
      }
    }
  }

  @Test
  void orderAndDuplicatesMakeNoDifference() {
    Random random = new Random(20_260_107);
    for (int i = 0; i < POLICIES / 4; i++) {
      Template template = template(random);
      List<String> accounts =
          Stream.concat(
                  template.serviceAccounts().reversed().stream(),
                  template.serviceAccounts().stream())
              .toList();
      List<String> providers =
          Collections.nCopies(2, template.providers()).stream().flatMap(List::stream).toList();
      Template other =
          new Template(
              providers,
              template.audiences().reversed(),
              accounts,
              template.podIdentity(),
              template.clusterNames().reversed());
      assertThat(other.document()).isEqualTo(template.document());
    }
  }

  @Test
  void aServiceAccountIsLeftOutOnlyIfAPatternMatchesAllOfIt() {
    Random random = new Random(20_260_109);
    List<String> names = new ArrayList<>(List.of(""));
    for (int i = 0; names.get(i).length() < 6; i++) {
      names.add(names.get(i) + "a");
      names.add(names.get(i) + "b");
    }
    int included = 0;
    for (int i = 0; i < POLICIES / 4; i++) {
      boolean asNamespace = random.nextBoolean();
      String one = text(random, "ab*?", 4);
      String two = text(random, "ab*?", 4);
      ServiceAccount pattern =
          asNamespace ? new ServiceAccount(one, "a") : new ServiceAccount("a", one);
      ServiceAccount other =
          asNamespace ? new ServiceAccount(two, "a") : new ServiceAccount("a", two);
      if (pattern.includes(other)) {
        included++;
        assertThat(names)
            .as("%s includes %s", pattern, other)
            .allMatch(name -> !name.matches(regex(two)) || name.matches(regex(one)));
        assertThat(other.includes(pattern)).isEqualTo(other.equals(pattern));
      }
    }
    assertThat(included).isGreaterThan(POLICIES / 40);
  }

  /**
   * IAM's wildcards match a colon, too, and a subject is one text. Still no pattern for a namespace
   * matches what is in a name: all patterns and all service accounts of few letters.
   */
  @Test
  void noWildcardCrossesTheColon() {
    List<String> patterns = texts("ab*?", 2);
    List<String> namespaces =
        patterns.stream().filter(text -> text.chars().anyMatch(Character::isLetter)).toList();
    List<String> texts = texts("ab", TestSize.of(3, 4));
    String arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A";
    String issuer = arn.substring(arn.indexOf('/') + 1);
    int allowed = 0;
    for (String namespace : namespaces) {
      for (String name : patterns) {
        String listed = namespace + ":" + name;
        Template template =
            new Template(
                List.of(arn), List.of("sts.amazonaws.com"), List.of(listed), true, List.of());
        PolicyEvaluator evaluator = new PolicyEvaluator(template.document());
        for (String a : texts) {
          for (String b : texts) {
            boolean expected = a.matches(regex(namespace)) && b.matches(regex(name));
            String subject = "system:serviceaccount:" + a + ":" + b;
            assertThat(evaluator.allows(new Token(arn, issuer, "sts.amazonaws.com", subject)))
                .as("%s under %s", subject, listed)
                .isEqualTo(expected);
            assertThat(
                    evaluator.allows(
                        new ServiceCall(POD_IDENTITY, "111122223333", sessionTags(a, b))))
                .as("tags %s and %s under %s", a, b, listed)
                .isEqualTo(expected);
            allowed += expected ? 1 : 0;
          }
        }
      }
    }
    assertThat(allowed).isGreaterThan(namespaces.size() * patterns.size());
  }

  /** Each text of these characters, up to a length. */
  private static List<String> texts(String characters, int maxLength) {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int i = 0; i < texts.size() && texts.get(i).length() < maxLength; i++) {
      for (int j = 0; j < characters.length(); j++) {
        texts.add(texts.get(i) + characters.charAt(j));
      }
    }
    return texts.subList(1, texts.size());
  }

  private static Template template(Random random) {
    return new Template(
        several(1 + random.nextInt(3), () -> arn(random)),
        several(random.nextInt(4) == 0 ? 2 : 1, () -> audience(random)),
        several(1 + random.nextInt(5), () -> namespacePattern(random) + ":" + pattern(random)),
        random.nextBoolean(),
        several(Math.max(0, random.nextInt(5) - 2), () -> cluster(random)));
  }

  /** A token, sometimes verified with the provider of another issuer. */
  private static Request token(Random random) {
    String arn = arn(random);
    String issuer = random.nextInt(10) == 0 ? issuer(random) : arn.substring(arn.indexOf('/') + 1);
    return new Token(
        arn,
        issuer,
        random.nextInt(20) == 0 ? null : audience(random),
        random.nextInt(20) == 0
            ? null
            : "system:serviceaccount:" + namespace(random) + ":" + name(random));
  }

  /** A request of EKS Pod Identity, sometimes of another service or without some session tags. */
  private static Request serviceCall(Random random) {
    Map<String, String> tags = sessionTags(namespace(random), name(random));
    tags.put("eks-cluster-name", cluster(random));
    switch (random.nextInt(20)) {
      case 0 -> tags.clear();
      case 3 -> tags.remove("eks-cluster-name");
      case 1 -> tags.remove("kubernetes-namespace");
      case 2 -> tags.remove("kubernetes-service-account");
      default -> {}
    }
    return new ServiceCall(
        random.nextInt(10) == 0 ? "eks.amazonaws.com" : POD_IDENTITY,
        random.nextInt(20) == 0 ? null : account(random),
        tags);
  }

  /** The session tags that EKS Pod Identity sets. */
  private static Map<String, String> sessionTags(String namespace, String name) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("eks-cluster-arn", "arn:aws:eks:eu-west-1:111122223333:cluster/a");
    tags.put("eks-cluster-name", "a");
    tags.put("kubernetes-namespace", namespace);
    tags.put("kubernetes-service-account", name);
    tags.put("kubernetes-pod-name", name + "-0");
    tags.put("kubernetes-pod-uid", "b5e3e1c2-0000-4000-8000-000000000000");
    return tags;
  }

  private static String arn(Random random) {
    return "arn:aws:iam::%s:oidc-provider/%s".formatted(account(random), issuer(random));
  }

  private static String issuer(Random random) {
    return oneOf(
        random, "oidc.eks.eu-west-1.amazonaws.com/id/A", "oidc.eks.eu-west-1.amazonaws.com/id/AB");
  }

  private static String account(Random random) {
    return random.nextInt(5) == 0 ? "444455556666" : "111122223333";
  }

  private static String audience(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "sts.amazonaws.com.cn";
      case 1 -> "*";
      default -> "sts.amazonaws.com";
    };
  }

  private static String namespace(Random random) {
    return oneOf(random, "a", "b", "ab", "a-b", "aa");
  }

  private static String namespacePattern(Random random) {
    return random.nextInt(3) > 0
        ? namespace(random)
        : oneOf(random, "a*", "?b", "*b", "a?", "a-*", "*a*", "a?*", "?-?");
  }

  private static String cluster(Random random) {
    return oneOf(random, "a", "b");
  }

  private static String pattern(Random random) {
    return random.nextBoolean()
        ? oneOf(random, "a", "b", "ab", "a.b", "a-b", "*", "a*", "?", "a?", "*b", "a*b", "a.*")
        : text(random, "ab*?", 4);
  }

  /** A name, sometimes one that only begins like a listed one. */
  private static String name(Random random) {
    return random.nextBoolean()
        ? oneOf(random, "a", "b", "ab", "a.b", "a-b", "aab", "a-b-b", "b.a")
        : text(random, "ab", 4);
  }

  private static String text(Random random, String characters, int maxLength) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(maxLength);
    while (text.length() < length) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private static String oneOf(Random random, String... values) {
    return values[random.nextInt(values.length)];
  }

  private static List<String> several(int count, Supplier<String> one) {
    return Stream.generate(one).limit(count).toList();
  }
}
