package io.github.eksoidc.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.resource.Result;
import io.github.eksoidc.resource.Run;
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
  public Result handle(Request request, Run run) {
    return switch (request) {
      case Request.Create create -> write(idOf(create.resource()), create, run);
      case Request.Update update -> write(update.physicalId(), update, run);
      case Request.Delete delete -> Result.of(delete.physicalId());
    };
  }

  /** Only a matter of which resource it is: a Create that comes twice answers twice the same. */
  private static String idOf(LogicalResource resource) {
    return "irsa-trust-policy/" + resource.hash();
  }

  private Result write(String id, Request request, Run run) {
    run.doing("writing the trust policy");
    TrustPolicy policy = TrustProperties.read(request.properties());
    Result result = result(id, policy);
    if (run.roomInAnswer(result) < 0) {
      throw tooLarge(id, policy, run);
    }
    run.decided(
        "written",
        Map.of("provider", policy.provider(), "serviceAccounts", policy.serviceAccounts().size()));
    return result;
  }

  private Result result(String id, TrustPolicy policy) {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("PolicyDocument", json.apply(policy.document()));
    attributes.put("Issuer", policy.provider().issuer());
    return new Result(id, attributes);
  }

  private Refusal tooLarge(String id, TrustPolicy policy, Run run) {
    int given = policy.serviceAccounts().size();
    int fit = given - 1;
    while (fit > 0 && run.roomInAnswer(result(id, policy.ofFirst(fit))) < 0) {
      fit--;
    }
    return new Refusal(
        ("The trust policy of %d service accounts has %,d bytes, %,d more than an answer to"
                + " CloudFormation can hold; the first %d of them would fit. Take a wildcard in the"
                + " names, or split them over more roles.")
            .formatted(
                given,
                json.apply(policy.document()).getBytes(UTF_8).length,
                -run.roomInAnswer(result(id, policy)),
                fit));
  }
}
