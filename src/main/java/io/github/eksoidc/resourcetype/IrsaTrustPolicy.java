package io.github.eksoidc.resourcetype;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.eksoidc.properties.PropertyChanges;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.trust.TrustPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * {@code Custom::IrsaTrustPolicy}: the trust policy with which Kubernetes service accounts assume a
 * role. The condition keys of such a policy begin with the issuer, and CloudFormation does not
 * resolve intrinsic functions in keys.
 *
 * <p>The resource exists only in the response. Its physical id stays the same over updates.
 */
public final class IrsaTrustPolicy implements ResourceType {

  /** The name of the type in a template. */
  public static final String TYPE = "Custom::IrsaTrustPolicy";

  /**
   * The longest policy document whose statements are also returned as {@code Statement}. Both
   * attributes together fit into a response with the longest names that CloudFormation allows, so
   * the names of the stack and of the resource make no difference.
   */
  public static final int MAX_LENGTH_WITH_STATEMENT = 1_500;

  private final Function<Map<String, ?>, String> json;

  /**
   * Creates the type.
   *
   * @param json writes a map of strings, lists and maps as JSON, in its order
   */
  public IrsaTrustPolicy(Function<Map<String, ?>, String> json) {
    this.json = requireNonNull(json, "json is null");
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    return switch (request) {
      case Request.Create create -> write(physicalId(create.resource()), create, context);
      case Request.Update update -> write(update.physicalId(), update, context);
      case Request.Delete delete -> {
        trustBefore(delete.properties())
            .ifPresent(policy -> context.logDecision("no longer written", trust(policy)));
        yield ResourceResult.of(delete.physicalId());
      }
    };
  }

  /** The trust policy of an earlier request; empty if that was rejected. */
  private static Optional<TrustPolicy> trustBefore(Map<String, Object> properties) {
    try {
      return Optional.of(IrsaTrustPolicyProperties.read(properties));
    } catch (RequestFailedException _) {
      return Optional.empty();
    }
  }

  /** Who trusts whom, for the log. */
  private static SequencedMap<String, Object> trust(TrustPolicy policy) {
    SequencedMap<String, Object> trust = new LinkedHashMap<>();
    trust.put("providers", policy.providers());
    trust.put(
        "serviceAccounts",
        policy.serviceAccounts().stream().map(a -> a.namespace() + ":" + a.name()).toList());
    trust.put("audiences", policy.audiences());
    trust.put("podIdentity", policy.podIdentity());
    trust.put("clusterNames", policy.clusterNames());
    return trust;
  }

  /** Depends only on the resource, so a Create that is delivered twice gets the same id twice. */
  private static String physicalId(LogicalResource resource) {
    return "irsa-trust-policy/" + resource.hash();
  }

  private ResourceResult write(String id, Request request, RequestContext context) {
    context.reportProgress("writing the trust policy");
    TrustPolicy policy = IrsaTrustPolicyProperties.read(request.properties());
    ResourceResult withoutStatement = result(id, policy, false);
    if (context.remainingResponseBytes(withoutStatement) < 0) {
      throw tooLarge(id, policy, context);
    }
    boolean withStatement =
        policy.document(json).length() <= MAX_LENGTH_WITH_STATEMENT
            // An audience of characters with long escapes needs more bytes than characters.
            && context.remainingResponseBytes(result(id, policy, true)) >= 0;
    SequencedMap<String, Object> decided = trust(policy);
    decided.put("statement", withStatement);
    if (request instanceof Request.Update update
        && trustBefore(update.oldProperties()).isPresent()) {
      decided.put(
          "changed",
          PropertyChanges.between(
              update.oldProperties(), update.properties(), IrsaTrustPolicyProperties.NAMES));
    }
    context.logDecision("written", decided);
    return withStatement ? result(id, policy, true) : withoutStatement;
  }

  private ResourceResult result(String id, TrustPolicy policy, boolean withStatement) {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("PolicyDocument", policy.document(json));
    if (withStatement) {
      attributes.put("Statement", policy.statements(json));
    }
    attributes.put("Issuer", policy.providers().getFirst().issuer());
    return new ResourceResult(id, attributes);
  }

  private RequestFailedException tooLarge(String id, TrustPolicy policy, RequestContext context) {
    int fit = fitting(id, policy, context);
    return new RequestFailedException(
        ("The trust policy of %d service accounts has %,d bytes, %,d more than fit into a response to"
                + " CloudFormation%s. Use wildcards in the names, or divide the policy"
                + " between several resources, each of at most %,d characters, and join their"
                + " Statement attributes with Fn::Sub; IAM accepts trust policies of up to 8,192"
                + " characters if the account's quota of 2,048 is raised.")
            .formatted(
                policy.serviceAccounts().size(),
                policy.document(json).getBytes(UTF_8).length,
                -context.remainingResponseBytes(result(id, policy, false)),
                fit > 0
                    ? "; the first %d of them fit".formatted(fit)
                    : "; not even one of them fits with %d providers"
                        .formatted(policy.providers().size()),
                MAX_LENGTH_WITH_STATEMENT));
  }

  /** Finds how many of the first service accounts fit, by bisection. */
  private int fitting(String id, TrustPolicy policy, RequestContext context) {
    int fits = 0;
    int tooMany = policy.serviceAccounts().size();
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (context.remainingResponseBytes(result(id, policy.ofFirst(middle), false)) >= 0) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }
}
