package io.github.eksoidc.trust;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.ProviderArn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Who may assume a role: the holders of tokens of one provider, for one audience, whose service
 * account is one of these.
 *
 * @param provider trusted
 * @param audience that a token's {@code aud} must be
 * @param serviceAccounts of which a token's {@code sub} must name one; sorted, each once, never
 *     none
 */
public record TrustPolicy(
    ProviderArn provider, String audience, List<ServiceAccount> serviceAccounts) {

  public TrustPolicy {
    requireNonNull(provider, "provider is null");
    requireNonNull(audience, "audience is null");
    serviceAccounts = serviceAccounts.stream().distinct().sorted().toList();
    if (serviceAccounts.isEmpty()) {
      // Without a sub, it would trust every pod of the cluster.
      throw new IllegalArgumentException("serviceAccounts is empty");
    }
  }

  /** The same, for the first of its service accounts only. */
  public TrustPolicy ofFirst(int count) {
    return new TrustPolicy(provider, audience, serviceAccounts.subList(0, count));
  }

  /**
   * The policy document, ready to be written as JSON. The same policy always gives the same
   * document.
   *
   * <p>Conditions of one statement are ANDed, those under two operators too (IAM User Guide, "IAM
   * JSON policy elements: Condition"): were some subjects under {@code StringEquals} and others
   * under {@code StringLike}, a token would have to fit both. So all are under one of them.
   */
  public Map<String, Object> document() {
    String audienceKey = provider.issuer() + ":aud";
    String subjectKey = provider.issuer() + ":sub";
    List<String> subjects = serviceAccounts.stream().map(ServiceAccount::subject).toList();
    Object oneOrMore = subjects.size() == 1 ? subjects.getFirst() : subjects;

    SequencedMap<String, Object> equals = new LinkedHashMap<>();
    equals.put(audienceKey, audience);
    SequencedMap<String, Object> condition = new LinkedHashMap<>();
    condition.put("StringEquals", equals);
    if (serviceAccounts.stream().anyMatch(ServiceAccount::isPattern)) {
      condition.put("StringLike", Map.of(subjectKey, oneOrMore));
    } else {
      equals.put(subjectKey, oneOrMore);
    }

    SequencedMap<String, Object> statement = new LinkedHashMap<>();
    statement.put("Effect", "Allow");
    statement.put("Principal", Map.of("Federated", provider.toString()));
    statement.put("Action", "sts:AssumeRoleWithWebIdentity");
    statement.put("Condition", condition);

    SequencedMap<String, Object> document = new LinkedHashMap<>();
    document.put("Version", "2012-10-17");
    document.put("Statement", List.of(statement));
    return document;
  }
}
