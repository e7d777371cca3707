package io.github.eksoidc.trust;

import io.github.eksoidc.provider.ProviderArn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The trust policy of a role: which service accounts can assume it.
 *
 * <p>The same policy always results in the same document. The document has no statement and no
 * value that can be left out.
 *
 * @param providers the providers whose tokens are trusted, at least one, without duplicates
 * @param audiences the {@code aud} claims of which a token must have one, at least one
 * @param serviceAccounts the service accounts, at least one, without duplicates
 * @param podIdentity whether EKS Pod Identity can also assume the role for these service accounts
 * @param clusterNames the clusters whose pods can use EKS Pod Identity; none for those of each
 *     cluster
 */
public record TrustPolicy(
    List<ProviderArn> providers,
    List<String> audiences,
    List<ServiceAccount> serviceAccounts,
    boolean podIdentity,
    List<String> clusterNames) {

  public TrustPolicy {
    audiences = audiences.stream().distinct().sorted().toList();
    if (audiences.isEmpty()) {
      throw new IllegalArgumentException("audiences is empty");
    }
    clusterNames = clusterNames.stream().distinct().sorted().toList();
    providers = providers.stream().distinct().toList();
    if (providers.isEmpty()) {
      throw new IllegalArgumentException("providers is empty");
    }
    serviceAccounts = serviceAccounts.stream().distinct().toList();
    if (serviceAccounts.isEmpty()) {
      // A statement without sub would trust every pod of the cluster.
      throw new IllegalArgumentException("serviceAccounts is empty");
    }
  }

  /** Returns the same policy for its first service accounts only. */
  public TrustPolicy ofFirst(int count) {
    return new TrustPolicy(
        providers, audiences, serviceAccounts.subList(0, count), podIdentity, clusterNames);
  }

  /**
   * Returns the policy document as JSON.
   *
   * @param json writes a map as JSON, in its order
   */
  public String document(Function<Map<String, ?>, String> json) {
    return "{\"Version\":\"2012-10-17\",\"Statement\":[" + statements(json) + "]}";
  }

  /**
   * Returns the statements as JSON, separated by commas. They can be joined with other statements
   * to one policy document.
   *
   * @param json writes a map as JSON, in its order
   */
  public String statements(Function<Map<String, ?>, String> json) {
    List<ServiceAccount> minimal = ServiceAccount.minimal(serviceAccounts);
    List<Map<String, Object>> statements = new ArrayList<>();
    providers.forEach(provider -> statements.add(webIdentity(provider, minimal)));
    if (podIdentity) {
      NamespaceGroup.of(minimal).forEach(group -> statements.add(podIdentity(group)));
    }
    return statements.stream().map(json).collect(Collectors.joining(","));
  }

  /**
   * Trusts tokens of one provider (IAM roles for service accounts).
   *
   * <p>IAM combines the conditions of a statement with AND, also those of different operators (IAM
   * User Guide, "IAM JSON policy elements: Condition"). So all subjects are under one operator.
   */
  private SequencedMap<String, Object> webIdentity(
      ProviderArn provider, List<ServiceAccount> accounts) {
    Condition condition = new Condition();
    // An audience can hold a * that is no wildcard.
    condition.equal(provider.issuer() + ":aud", audiences);
    condition.like(
        provider.issuer() + ":sub", accounts.stream().map(ServiceAccount::subject).toList());
    return statement(
        Map.of("Federated", provider.toString()), "sts:AssumeRoleWithWebIdentity", condition);
  }

  /**
   * Trusts EKS Pod Identity for one group of service accounts.
   *
   * <p>Pod Identity passes the namespace and the name as session tags. An association can disable
   * them. The condition keys are then missing from the request, so neither operator matches.
   *
   * <p>The provider of a role is in the account of the role, and EKS requires that the role is in
   * the account of the cluster. So the condition on the source account excludes no pod that can use
   * the role, and protects the role from a confused deputy.
   */
  private SequencedMap<String, Object> podIdentity(NamespaceGroup group) {
    Condition condition = new Condition();
    condition.equal(
        "aws:SourceAccount", providers.stream().map(ProviderArn::account).distinct().toList());
    if (!clusterNames.isEmpty()) {
      condition.equal("aws:RequestTag/eks-cluster-name", clusterNames);
    }
    condition.like("aws:RequestTag/kubernetes-namespace", group.namespaces());
    condition.like("aws:RequestTag/kubernetes-service-account", group.names());
    return statement(
        Map.of("Service", "pods.eks.amazonaws.com"),
        List.of("sts:AssumeRole", "sts:TagSession"),
        condition);
  }

  private static SequencedMap<String, Object> statement(
      Map<String, String> principal, Object action, Condition condition) {
    SequencedMap<String, Object> statement = new LinkedHashMap<>();
    statement.put("Effect", "Allow");
    statement.put("Principal", principal);
    statement.put("Action", action);
    statement.put("Condition", condition.operators());
    return statement;
  }

  /** A condition block, whose operators and keys IAM combines with AND. */
  private static final class Condition {

    private final SequencedMap<String, Object> equal = new LinkedHashMap<>();
    private final SequencedMap<String, Object> like = new LinkedHashMap<>();

    /** Requires one of the values, without wildcards. */
    void equal(String key, List<String> values) {
      put(equal, key, values);
    }

    /** Requires one of the values, of which each can be a pattern. */
    void like(String key, List<String> values) {
      put(values.stream().anyMatch(ServiceAccount::isPattern) ? like : equal, key, values);
    }

    private static void put(SequencedMap<String, Object> keys, String key, List<String> values) {
      keys.put(key, values.size() == 1 ? values.getFirst() : values);
    }

    SequencedMap<String, Object> operators() {
      SequencedMap<String, Object> operators = new LinkedHashMap<>();
      operators.put("StringEquals", equal);
      if (!like.isEmpty()) {
        operators.put("StringLike", like);
      }
      return operators;
    }
  }
}
