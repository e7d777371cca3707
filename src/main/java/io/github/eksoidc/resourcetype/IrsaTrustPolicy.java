package io.github.eksoidc.resourcetype;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.trust.TrustPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * {@code Custom::IrsaTrustPolicy}: the trust policy that lets service accounts of Kubernetes assume
 * a role. CloudFormation can't put a value into a key, and the condition keys of such a policy
 * begin with the issuer.
 *
 * <p>There is nothing to make or to delete, so its id stays the same over updates, and no other
 * request follows from one.
 */
public final class IrsaTrustPolicy implements ResourceType {

  /** The type's name in a template. */
  public static final String TYPE = "Custom::IrsaTrustPolicy";

  private final Function<Map<String, ?>, String> json;

  /**
   * @param json writes a map of text, lists and maps as JSON, in its order
   */
  public IrsaTrustPolicy(Function<Map<String, ?>, String> json) {
    this.json = requireNonNull(json, "json is null");
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    return switch (request) {
      case Request.Create create -> write(idOf(create.resource()), create, context);
      case Request.Update update -> write(update.physicalId(), update, context);
      case Request.Delete delete -> ResourceResult.of(delete.physicalId());
    };
  }

  /** Only a matter of which resource it is: a Create that comes twice answers twice the same. */
  private static String idOf(LogicalResource resource) {
    return "irsa-trust-policy/" + resource.hash();
  }

  private ResourceResult write(String id, Request request, RequestContext context) {
    context.reportProgress("writing the trust policy");
    TrustPolicy policy = IrsaTrustPolicyProperties.read(request.properties());
    ResourceResult result = result(id, policy);
    if (context.remainingResponseBytes(result) < 0) {
      throw tooLarge(id, policy, context);
    }
    context.logDecision(
        "written",
        Map.of("provider", policy.provider(), "serviceAccounts", policy.serviceAccounts().size()));
    return result;
  }

  private ResourceResult result(String id, TrustPolicy policy) {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("PolicyDocument", json.apply(policy.document()));
    attributes.put("Issuer", policy.provider().issuer());
    return new ResourceResult(id, attributes);
  }

  private RequestFailedException tooLarge(String id, TrustPolicy policy, RequestContext context) {
    int given = policy.serviceAccounts().size();
    int fit = given - 1;
    while (fit > 0 && context.remainingResponseBytes(result(id, policy.ofFirst(fit))) < 0) {
      fit--;
    }
    return new RequestFailedException(
        ("The trust policy of %d service accounts has %,d bytes, %,d more than an answer to"
                + " CloudFormation can hold; the first %d of them would fit. Take a wildcard in the"
                + " names, or split them over more roles.")
            .formatted(
                given,
                json.apply(policy.document()).getBytes(UTF_8).length,
                -context.remainingResponseBytes(result(id, policy)),
                fit));
  }
}
