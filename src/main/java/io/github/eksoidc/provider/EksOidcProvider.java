package io.github.eksoidc.provider;

import io.github.eksoidc.provider.ProviderProperties.OnExisting;
import io.github.eksoidc.provider.ProviderProperties.Target;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Pauses;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.resource.Result;
import io.github.eksoidc.resource.Run;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/** {@code Custom::EksOidcProvider}: the IAM OIDC provider of one EKS cluster. */
public final class EksOidcProvider implements ResourceType {

  /** The type's name in a template. */
  public static final String TYPE = "Custom::EksOidcProvider";

  /** How often what nobody asked for is tried before it is given up. */
  private static final int UNASKED_TRIES = 5;

  private final Providers providers;
  private final IssuerLookup issuers;

  public EksOidcProvider(Providers providers, Clusters clusters) {
    this.providers = providers;
    this.issuers = new IssuerLookup(clusters);
  }

  @Override
  public Result handle(Request request, Run run) {
    Claim claim = Claim.of(request.resource());
    return switch (request) {
      case Request.Create create -> create(create, claim, run);
      case Request.Update update -> update(update, claim, run);
      case Request.Delete delete -> delete(delete, claim, run);
    };
  }

  private Result create(Request.Create request, Claim claim, Run run) {
    run.answerWith(PhysicalIds.notCreated(claim.id()));
    var properties = ProviderProperties.read(request.properties(), run.home());
    Issuer issuer = issuers.await(properties.target(), run);
    ProviderArn arn = ProviderArn.of(run.home(), issuer);
    // Also if this fails: the Delete that follows then knows where to look.
    run.answerWith(arn.toString());
    Provider provider =
        new Claiming(providers, arn, claim, run)
            .createOrAdopt(issuer, properties.asked(), properties.onExisting());
    return result(arn, issuer, provider);
  }

  private Result update(Request.Update request, Claim claim, Run run) {
    var properties = ProviderProperties.read(request.properties(), run.home());
    Issuer issuer = issuers.await(properties.target(), run);
    ProviderArn arn = ProviderArn.of(run.home(), issuer);
    if (!arn.toString().equals(request.physicalId())) {
      return result(arn, issuer, replace(arn, issuer, properties, claim, run));
    }
    Provider provider = updateInPlace(request, arn, issuer, properties, claim, run);
    releaseFailedReplacement(request, arn, claim, run);
    return result(arn, issuer, provider);
  }

  private Provider updateInPlace(
      Request.Update request,
      ProviderArn arn,
      Issuer issuer,
      ProviderProperties properties,
      Claim claim,
      Run run) {
    run.doing("looking at " + arn);
    var claiming = new Claiming(providers, arn, claim, run);
    Optional<Provider> seen = providers.find(arn);
    if (seen.filter(provider -> provider.hasClaim(claim)).isEmpty()) {
      // Somebody removed it, or made it anew: it is this resource's all the same.
      return claiming.createOrAdopt(issuer, properties.asked(), OnExisting.ADOPT);
    }
    return claiming
        .keep(seen.get(), properties.asked(), ProviderProperties.tagsOf(request.oldProperties()))
        .orElseThrow(
            () -> new Refusal(arn + " was deleted while it was being updated. Update it again."));
  }

  /** Another provider: the old one stays until CloudFormation sends the Delete for it. */
  private Provider replace(
      ProviderArn arn, Issuer issuer, ProviderProperties properties, Claim claim, Run run) {
    run.doing("looking at " + arn);
    // A rollback comes back to a provider that this resource has held all the time.
    boolean held = providers.find(arn).filter(p -> p.hasClaim(claim)).isPresent();
    var claiming = new Claiming(providers, arn, claim, run);
    try {
      return claiming.createOrAdopt(issuer, properties.asked(), properties.onExisting());
    } catch (RuntimeException e) {
      if (claiming.added() && !held) {
        releaseQuietly(arn, claim, run, e);
      }
      throw e;
    }
  }

  /**
   * On the rollback of a replacement that died half-way, nobody but this request knows of the
   * provider that it may have claimed: the properties that failed come as the old ones, with an id
   * that is not theirs.
   */
  private void releaseFailedReplacement(
      Request.Update request, ProviderArn arn, Claim claim, Run run) {
    Optional<Target> failed = target(request.oldProperties(), run);
    if (failed.isEmpty() || failed.equals(target(request.properties(), run))) {
      return;
    }
    releaseUnasked(failed.get(), other -> !other.equals(arn), claim, run);
  }

  private void releaseQuietly(ProviderArn arn, Claim claim, Run run, RuntimeException failure) {
    try {
      new Releasing(providers, arn, claim, run).release();
    } catch (RuntimeException e) {
      run.decided("the claim could not be taken back", Map.of("provider", arn.toString()));
      failure.addSuppressed(e);
    }
  }

  /**
   * Takes back what may be claimed at another target than the one that is asked for. Tried several
   * times, and then given up: it is no reason for a rollback to fail.
   */
  private void releaseUnasked(Target target, Predicate<ProviderArn> which, Claim claim, Run run) {
    Pauses pauses = Look.pauses(run);
    for (int tries = 1; ; tries++) {
      try {
        run.doing("taking back what a request that failed may have claimed");
        issuers
            .now(target)
            .map(issuer -> ProviderArn.of(run.home(), issuer))
            .filter(which)
            .ifPresent(arn -> new Releasing(providers, arn, claim, run).release());
        return;
      } catch (Providers.Denied | OutOfTime e) {
        break;
      } catch (Refusal e) {
        if (tries == UNASKED_TRIES) {
          break;
        }
        pauses.pause();
      }
    }
    run.decided("a claim that may be left could not be taken back", Map.of());
  }

  private Result delete(Request.Delete request, Claim claim, Run run) {
    Optional<ProviderArn> arn = ProviderArn.parse(request.physicalId());
    if (arn.isPresent()) {
      delete(arn.get(), claim, run);
    } else {
      // What was refused when it came has never claimed anything.
      target(request.properties(), run)
          .ifPresent(target -> deleteUnknown(request.physicalId(), target, claim, run));
    }
    return Result.of(request.physicalId());
  }

  private void delete(ProviderArn arn, Claim claim, Run run) {
    if (!arn.account().equals(run.home().account())
        || !arn.partition().equals(run.home().partition())) {
      run.decided("a provider of another account, left alone", Map.of());
      return;
    }
    try {
      new Releasing(providers, arn, claim, run).release();
    } catch (Providers.Denied e) {
      if (arn.eksRegion().isPresent()) {
        throw e;
      }
      // The role reaches EKS issuers only, and so did every Create.
      run.decided("not the provider of an EKS issuer, left alone", Map.of());
    }
  }

  private void deleteUnknown(String physicalId, Target target, Claim claim, Run run) {
    if (PhysicalIds.isNotCreated(physicalId)) {
      releaseUnasked(target, _ -> true, claim, run);
      return;
    }
    new Overtaking(providers, issuers, claim, run).release(target);
  }

  private static Optional<Target> target(Map<String, Object> properties, Run run) {
    try {
      return Optional.of(ProviderProperties.read(properties, run.home()).target());
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static Result result(ProviderArn arn, Issuer issuer, Provider provider) {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("Arn", arn.toString());
    attributes.put("Url", issuer.url());
    attributes.put("Issuer", issuer.name());
    attributes.put("Ownership", provider.isManaged() ? "Created" : "Adopted");
    return new Result(arn.toString(), attributes);
  }
}
