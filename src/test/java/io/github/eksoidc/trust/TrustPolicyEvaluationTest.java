package io.github.eksoidc.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.cloudformation.Json;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.resourcetype.IrsaTrustPolicyProperties;
import io.github.eksoidc.trust.PolicyEvaluator.Token;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Exactly the named service accounts may assume the role. Names are made of few letters, so that
 * what is asked for and what comes are often alike, and often only nearly.
 */
class TrustPolicyEvaluationTest {

  private static final AtomicLong POLICIES = new AtomicLong();
  private static final AtomicLong TOKENS = new AtomicLong();
  private static final AtomicLong ALLOWED = new AtomicLong();

  /** What a pod comes with. */
  record Pod(String issuer, String account, String audience, String namespace, String name) {
    Token token() {
      return new Token(
          arn(account, issuer),
          issuer,
          audience,
          "system:serviceaccount:" + namespace + ":" + name);
    }
  }

  /** What a template asks for. */
  record Template(String issuer, String account, String audience, List<String> serviceAccounts) {
    Map<String, Object> properties() {
      return TestEvents.properties(
          "ProviderArn", arn(account, issuer),
          "Audience", audience,
          "ServiceAccounts", serviceAccounts);
    }
  }

  @Property(seed = "20260105")
  void exactlyTheNamedServiceAccountsGetIn(
      @ForAll("templates") Template template, @ForAll("pods") List<Pod> pods) {
    String document = document(template);
    PolicyEvaluator evaluator = new PolicyEvaluator(document);
    for (Pod pod : pods) {
      boolean named =
          pod.issuer().equals(template.issuer())
              && pod.account().equals(template.account())
              && pod.audience().equals(template.audience())
              && template.serviceAccounts().stream().anyMatch(desired -> isNamed(desired, pod));
      assertThat(evaluator.allows(pod.token())).as("%s under %s", pod, document).isEqualTo(named);
      TOKENS.incrementAndGet();
      ALLOWED.addAndGet(named ? 1 : 0);
    }
    POLICIES.incrementAndGet();
  }

  /** Said once more, in other words than the code's: the namespace is equal, the name fits. */
  private static boolean isNamed(String desired, Pod pod) {
    String[] parts = desired.split(":", -1);
    StringBuilder regex = new StringBuilder();
    parts[1]
        .chars()
        .forEach(
            c ->
                regex.append(
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      case '.' -> "[.]";
                      default -> String.valueOf((char) c);
                    }));
    return parts[0].equals(pod.namespace()) && pod.name().matches(regex.toString());
  }

  @Property(seed = "20260106")
  void theOrderAndRepetitionsDoNotMatter(@ForAll("templates") Template template) {
    List<String> turned =
        java.util.stream.Stream.concat(
                template.serviceAccounts().reversed().stream(), template.serviceAccounts().stream())
            .toList();
    var other = new Template(template.issuer(), template.account(), template.audience(), turned);
    assertThat(document(other)).isEqualTo(document(template));
  }

  @Property(seed = "20260107")
  void audAndSubAreAlwaysRequired(@ForAll("templates") Template template) {
    PolicyEvaluator evaluator = new PolicyEvaluator(document(template));
    Token none =
        new Token(arn(template.account(), template.issuer()), template.issuer(), null, null);
    assertThat(evaluator.allows(none)).isFalse();
    String named =
        "system:serviceaccount:"
            + template.serviceAccounts().getFirst().replace('*', 'a').replace('?', 'a');
    assertThat(
            evaluator.allows(
                new Token(none.providerArn(), none.issuer(), template.audience(), named)))
        .isTrue();
    assertThat(evaluator.allows(new Token(none.providerArn(), none.issuer(), null, named)))
        .isFalse();
    assertThat(
            evaluator.allows(
                new Token(none.providerArn(), none.issuer(), template.audience(), null)))
        .isFalse();
  }

  private static String document(Template template) {
    return Json.line(IrsaTrustPolicyProperties.read(template.properties()).document());
  }

  private static String arn(String account, String issuer) {
    return "arn:aws:iam::%s:oidc-provider/%s".formatted(account, issuer);
  }

  private static Arbitrary<String> issuers() {
    return Arbitraries.of(
        "oidc.eks.eu-west-1.amazonaws.com/id/A", "oidc.eks.eu-west-1.amazonaws.com/id/AB");
  }

  private static Arbitrary<String> accounts() {
    return Arbitraries.frequency(
        net.jqwik.api.Tuple.of(9, "111122223333"), net.jqwik.api.Tuple.of(1, "444455556666"));
  }

  private static Arbitrary<String> audiences() {
    return Arbitraries.frequency(
        net.jqwik.api.Tuple.of(6, "sts.amazonaws.com"),
        net.jqwik.api.Tuple.of(1, "sts.amazonaws.com.cn"),
        net.jqwik.api.Tuple.of(1, "*"));
  }

  private static Arbitrary<String> namespaces() {
    return Arbitraries.of("a", "b", "ab", "a-b", "aa");
  }

  @Provide
  Arbitrary<Template> templates() {
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.of("a", "b", "ab", "a.b", "a-b", "*", "a*", "?", "a?", "*b", "a*b", "a.*"),
            Arbitraries.strings().withChars("ab*?").ofMinLength(1).ofMaxLength(4));
    Arbitrary<String> accounts =
        Combinators.combine(namespaces(), names).as((namespace, name) -> namespace + ":" + name);
    return Combinators.combine(
            issuers(), accounts(), audiences(), accounts.list().ofMinSize(1).ofMaxSize(4))
        .as(Template::new);
  }

  /** Also with what Kubernetes would never issue: a name that goes on with another. */
  @Provide
  Arbitrary<List<Pod>> pods() {
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.of("a", "b", "ab", "a.b", "a-b", "aab", "a-b-b", "b.a"),
            Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(4));
    return Combinators.combine(issuers(), accounts(), audiences(), namespaces(), names)
        .as(Pod::new)
        .list()
        .ofMinSize(4)
        .ofMaxSize(12);
  }

  @AfterContainer
  static void printCounts() {
    System.out.printf(
        "Trust policies: %,d, judged for %,d tokens, of which %,d get in%n",
        POLICIES.get(), TOKENS.get(), ALLOWED.get());
  }
}
