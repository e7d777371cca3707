package io.github.eksoidc.resourcetype;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.ClaimAcquisition;
import io.github.eksoidc.ownership.ClaimRelease;
import io.github.eksoidc.ownership.ConsistentReads;
import io.github.eksoidc.ownership.CreateCancellation;
import io.github.eksoidc.ownership.OnExisting;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.AccessDeniedException;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
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
  private final IssuerResolver issuers;

  public EksOidcProvider(Providers providers, Clusters clusters) {
    this.providers = providers;
    this.issuers = new IssuerResolver(clusters);
  }

  @Override
  public ResourceResult handle(Request request, RequestContext context) {
    Claim claim = Claim.of(request.resource());
    return switch (request) {
      case Request.Create create -> create(create, claim, context);
      case Request.Update update -> update(update, claim, context);
      case Request.Delete delete -> delete(delete, claim, context);
    };
  }

  private ResourceResult create(Request.Create request, Claim claim, RequestContext context) {
    context.usePhysicalId(PhysicalIds.notCreated(claim.id()));
    var properties = EksOidcProviderProperties.read(request.properties(), context.location());
    Issuer issuer = issuers.resolve(properties.target(), context);
    ProviderArn arn = ProviderArn.of(context.location(), issuer);
    // Also if this fails: the Delete that follows then knows where to look.
    context.usePhysicalId(arn.toString());
    Provider provider =
        new ClaimAcquisition(providers, arn, claim, context)
            .createOrAdopt(issuer, properties.desired(), properties.onExisting());
    return result(arn, issuer, provider);
  }

  private ResourceResult update(Request.Update request, Claim claim, RequestContext context) {
    var properties = EksOidcProviderProperties.read(request.properties(), context.location());
    Issuer issuer = issuers.resolve(properties.target(), context);
    ProviderArn arn = ProviderArn.of(context.location(), issuer);
    if (!arn.toString().equals(request.physicalId())) {
      return result(arn, issuer, replace(arn, issuer, properties, claim, context));
    }
    Provider provider = updateInPlace(request, arn, issuer, properties, claim, context);
    releaseFailedReplacement(request, arn, claim, context);
    return result(arn, issuer, provider);
  }

  private Provider updateInPlace(
      Request.Update request,
      ProviderArn arn,
      Issuer issuer,
      EksOidcProviderProperties properties,
      Claim claim,
      RequestContext context) {
    context.reportProgress("looking at " + arn);
    var claiming = new ClaimAcquisition(providers, arn, claim, context);
    Optional<Provider> seen = providers.find(arn);
    if (seen.filter(provider -> Ownership.of(provider).hasClaim(claim)).isEmpty()) {
      // Somebody removed it, or made it anew: it is this resource's all the same.
      return claiming.createOrAdopt(issuer, properties.desired(), OnExisting.ADOPT);
    }
    return claiming
        .keep(
            seen.get(),
            properties.desired(),
            EksOidcProviderProperties.tagsOf(request.oldProperties()))
        .orElseThrow(
            () ->
                new RequestFailedException(
                    arn + " was deleted while it was being updated. Update it again."));
  }

  /** Another provider: the old one stays until CloudFormation sends the Delete for it. */
  private Provider replace(
      ProviderArn arn,
      Issuer issuer,
      EksOidcProviderProperties properties,
      Claim claim,
      RequestContext context) {
    context.reportProgress("looking at " + arn);
    // A rollback comes back to a provider that this resource has held all the time.
    boolean held = providers.find(arn).filter(p -> Ownership.of(p).hasClaim(claim)).isPresent();
    var claiming = new ClaimAcquisition(providers, arn, claim, context);
    try {
      return claiming.createOrAdopt(issuer, properties.desired(), properties.onExisting());
    } catch (RuntimeException e) {
      if (claiming.added() && !held) {
        releaseQuietly(arn, claim, context, e);
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
      Request.Update request, ProviderArn arn, Claim claim, RequestContext context) {
    Optional<IssuerSource> failed = target(request.oldProperties(), context);
    if (failed.isEmpty() || failed.equals(target(request.properties(), context))) {
      return;
    }
    releaseUnasked(failed.get(), other -> !other.equals(arn), claim, context);
  }

  private void releaseQuietly(
      ProviderArn arn, Claim claim, RequestContext context, RuntimeException failure) {
    try {
      new ClaimRelease(providers, arn, claim, context).release();
    } catch (RuntimeException e) {
      context.logDecision("the claim could not be taken back", Map.of("provider", arn.toString()));
      failure.addSuppressed(e);
    }
  }

  /**
   * Takes back what may be claimed at another target than the one that is asked for. Tried several
   * times, and then given up: it is no reason for a rollback to fail.
   */
  private void releaseUnasked(
      IssuerSource target, Predicate<ProviderArn> which, Claim claim, RequestContext context) {
    Backoff backoff = ConsistentReads.backoff(context);
    for (int tries = 1; ; tries++) {
      try {
        context.reportProgress("taking back what a request that failed may have claimed");
        issuers
            .now(target)
            .map(issuer -> ProviderArn.of(context.location(), issuer))
            .filter(which)
            .ifPresent(arn -> new ClaimRelease(providers, arn, claim, context).release());
        return;
      } catch (AccessDeniedException | DeadlineExceededException e) {
        break;
      } catch (RequestFailedException e) {
        if (tries == UNASKED_TRIES) {
          break;
        }
        backoff.pause();
      }
    }
    context.logDecision("a claim that may be left could not be taken back", Map.of());
  }

  private ResourceResult delete(Request.Delete request, Claim claim, RequestContext context) {
    Optional<ProviderArn> arn = ProviderArn.parse(request.physicalId());
    if (arn.isPresent()) {
      delete(arn.get(), claim, context);
    } else {
      // What was refused when it came has never claimed anything.
      target(request.properties(), context)
          .ifPresent(target -> deleteUnknown(request.physicalId(), target, claim, context));
    }
    return ResourceResult.of(request.physicalId());
  }

  private void delete(ProviderArn arn, Claim claim, RequestContext context) {
    if (!arn.account().equals(context.location().account())
        || !arn.partition().equals(context.location().partition())) {
      context.logDecision("a provider of another account, left alone", Map.of());
      return;
    }
    try {
      new ClaimRelease(providers, arn, claim, context).release();
    } catch (AccessDeniedException e) {
      if (arn.eksRegion().isPresent()) {
        throw e;
      }
      // The role reaches EKS issuers only, and so did every Create.
      context.logDecision("not the provider of an EKS issuer, left alone", Map.of());
    }
  }

  private void deleteUnknown(
      String physicalId, IssuerSource target, Claim claim, RequestContext context) {
    if (PhysicalIds.isNotCreated(physicalId)) {
      releaseUnasked(target, _ -> true, claim, context);
      return;
    }
    new CreateCancellation(providers, issuers, claim, context).release(target);
  }

  private static Optional<IssuerSource> target(
      Map<String, Object> properties, RequestContext context) {
    try {
      return Optional.of(EksOidcProviderProperties.read(properties, context.location()).target());
    } catch (RequestFailedException e) {
      return Optional.empty();
    }
  }

  private static ResourceResult result(ProviderArn arn, Issuer issuer, Provider provider) {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("Arn", arn.toString());
    attributes.put("Url", issuer.url());
    attributes.put("Issuer", issuer.name());
    attributes.put("Ownership", Ownership.of(provider).isManaged() ? "Created" : "Adopted");
    return new ResourceResult(arn.toString(), attributes);
  }
}
