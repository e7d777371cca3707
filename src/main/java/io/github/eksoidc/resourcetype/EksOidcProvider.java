package io.github.eksoidc.resourcetype;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.ClusterGoneException;
import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.ClaimAcquisition;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.ownership.ClaimRelease;
import io.github.eksoidc.ownership.ClaimSearch;
import io.github.eksoidc.ownership.OnExisting;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.ownership.PreviousUpdate;
import io.github.eksoidc.ownership.ProviderLookup;
import io.github.eksoidc.ownership.ReleaseScope;
import io.github.eksoidc.ownership.ReplacementCheck;
import io.github.eksoidc.ownership.RequestCancellation;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.PhysicalIds.Incomplete;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** {@code Custom::EksOidcProvider}: the IAM OIDC provider of one EKS cluster. */
public final class EksOidcProvider implements ResourceType {

  /** The type's name in a template. */
  public static final String TYPE = "Custom::EksOidcProvider";

  private final Providers providers;
  private final IssuerResolver issuers;

  public EksOidcProvider(Providers providers, Clusters clusters) {
    this.providers = requireNonNull(providers, "providers is null");
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
    var properties = EksOidcProviderProperties.read(request.properties(), context.location());
    Issuer issuer = issuers.resolve(properties.source(), context);
    ProviderArn arn = ProviderArn.of(context.location(), issuer);
    String notCreated = PhysicalIds.notCreated(context.requestId());
    String incomplete =
        new Incomplete(context.requestId(), context.startedAt(), arn.toString()).physicalId();
    // If the Create fails, the id tells the Delete that follows what there may be to undo.
    var acquisition =
        acquisition(
            arn,
            claim,
            properties,
            context,
            possible -> context.usePhysicalId(possible ? incomplete : notCreated));
    Provider provider =
        acquisition.createOrClaim(
            issuer, properties.desired(), Optional.empty(), properties.onExisting(), Origin.CREATE);
    return result(arn, issuer, provider);
  }

  private ResourceResult update(Request.Update request, Claim claim, RequestContext context) {
    var properties = EksOidcProviderProperties.read(request.properties(), context.location());
    var old = EksOidcProviderProperties.readIfValid(request.oldProperties(), context.location());
    Optional<PreviousUpdate> previous =
        old.map(EksOidcProviderProperties::source)
            .filter(source -> !source.equals(properties.source()))
            .map(source -> new PreviousUpdate(providers, lookup(context), claim, source, context));
    Target target = target(request, properties, old, previous, claim, context);
    return target.arn().toString().equals(request.physicalId())
        ? updateInPlace(target, properties, old, previous, claim, context)
        : replace(target, request, properties, old, previous, claim, context);
  }

  /** The provider that a request is for. */
  private record Target(ProviderArn arn, Issuer issuer) {}

  /** The provider that an Update is for, also if the cluster does not exist any more. */
  private Target target(
      Request.Update request,
      EksOidcProviderProperties properties,
      Optional<EksOidcProviderProperties> old,
      Optional<PreviousUpdate> previous,
      Claim claim,
      RequestContext context) {
    try {
      Issuer issuer = issuers.resolve(properties.source(), context);
      return new Target(ProviderArn.of(context.location(), issuer), issuer);
    } catch (ClusterGoneException e) {
      Optional<ProviderArn> current = ownProvider(request.physicalId(), context);
      Optional<ProviderArn> found =
          old.isPresent() && previous.isEmpty()
              ? current
              : new ClaimSearch(providers, claim, context)
                  .find(properties.source().clusterId().orElseThrow(), e.region(), current);
      if (found.isEmpty()) {
        cancel(previous, current);
      }
      return found.map(arn -> new Target(arn, Issuer.ofName(arn.issuer()))).orElseThrow(() -> e);
    }
  }

  /** Before an Update fails that may be a rollback. */
  private static void cancel(Optional<PreviousUpdate> previous, Optional<ProviderArn> current) {
    previous.ifPresent(update -> current.ifPresent(update::cancel));
  }

  private ResourceResult updateInPlace(
      Target target,
      EksOidcProviderProperties properties,
      Optional<EksOidcProviderProperties> old,
      Optional<PreviousUpdate> previous,
      Claim claim,
      RequestContext context) {
    ProviderArn arn = target.arn();
    Optional<PreviousUpdate> rolledBack = previous.filter(update -> update.isRolledBack(arn));
    context.reportProgress("reading " + arn);
    Optional<Provider> seen =
        providers.find(arn).filter(provider -> Ownership.of(provider).hasClaim(claim));
    var acquisition = acquisition(arn, claim, properties, context, _ -> {});
    Optional<DesiredState> oldDesired = old.map(EksOidcProviderProperties::desired);
    Provider provider =
        seen.flatMap(
                claimed ->
                    acquisition.update(
                        claimed,
                        properties.desired(),
                        oldDesired,
                        properties.onExisting(),
                        rolledBack.isPresent() || !namesCluster(claimed, claim, properties)))
            .orElseGet(
                // Somebody deleted it, or created it again: it belongs to this resource all the
                // same.
                () ->
                    acquisition.createOrClaim(
                        target.issuer(),
                        properties.desired(),
                        oldDesired,
                        properties.onExisting() == OnExisting.FAIL
                            ? OnExisting.ADOPT
                            : properties.onExisting(),
                        Origin.UPDATE));
    rolledBack.ifPresent(update -> update.release(Set.of(arn)));
    return result(arn, target.issuer(), provider);
  }

  private static boolean namesCluster(
      Provider provider, Claim claim, EksOidcProviderProperties properties) {
    Optional<String> cluster = properties.source().clusterId();
    return cluster.isEmpty()
        || Ownership.of(provider)
            .claimOf(claim)
            .filter(record -> record.isFor(cluster))
            .isPresent();
  }

  /** Another provider: the old one stays until CloudFormation sends the Delete for it. */
  private ResourceResult replace(
      Target target,
      Request.Update request,
      EksOidcProviderProperties properties,
      Optional<EksOidcProviderProperties> old,
      Optional<PreviousUpdate> previous,
      Claim claim,
      RequestContext context) {
    ProviderArn arn = target.arn();
    Optional<ProviderArn> current = ownProvider(request.physicalId(), context);
    var acquisition = acquisition(arn, claim, properties, context, _ -> {});
    try {
      Provider provider =
          acquisition.createOrClaim(
              target.issuer(),
              properties.desired(),
              old.map(EksOidcProviderProperties::desired),
              properties.onExisting(),
              Origin.UPDATE);
      if (current.isPresent()) {
        Optional<ClaimRecord> record = checkNotCanceled(current.get(), claim, context);
        // A rollback to a cluster that was created again replaces the provider, too.
        previous
            .filter(update -> update.isRolledBack(current.get(), record))
            .ifPresent(update -> update.release(Set.of(arn, current.get())));
      }
      return result(arn, target.issuer(), provider);
    } catch (RuntimeException e) {
      if (acquisition.claimPossible()) {
        undo(arn, claim, claimBefore(acquisition, request, context), context, e);
      }
      boolean isLasting =
          e instanceof RequestFailedException
              && !(e instanceof AwsCallException)
              && !(e instanceof DeadlineExceededException);
      if (isLasting) {
        cancel(previous, current);
      }
      throw e;
    }
  }

  /** The claim that the resource had before a request; empty if there was none. */
  private static Optional<ClaimRecord> claimBefore(
      ClaimAcquisition acquisition, Request.Update request, RequestContext context) {
    return acquisition
        .previousClaim()
        .map(
            record ->
                // An earlier delivery of this request has overwritten the claim. If it was that of
                // a failed Create, the id of the request says so; else who wrote it does not
                // matter.
                record.requestId().equals(context.requestId())
                    ? Incomplete.parse(request.physicalId())
                        .map(create -> record.ofCreate(create.requestId(), create.startedAt()))
                        .orElse(record)
                    : record);
  }

  /** Returns the claim on the provider that is replaced. */
  private Optional<ClaimRecord> checkNotCanceled(
      ProviderArn replaced, Claim claim, RequestContext context) {
    var check = new ReplacementCheck(providers, claim, context);
    check.awaitReadsFrom(context.now());
    Optional<ClaimRecord> record = check.claimOn(replaced);
    if (check.isCanceled(replaced, record)) {
      throw new RequestFailedException(
          "CloudFormation has canceled this update: a later request of this resource uses %s again."
              .formatted(replaced));
    }
    return record;
  }

  private void undo(
      ProviderArn arn,
      Claim claim,
      Optional<ClaimRecord> previous,
      RequestContext context,
      RuntimeException failure) {
    try {
      var scope =
          new ReleaseScope.ClaimOfRequest(context.requestId(), context.startedAt(), previous);
      new ClaimRelease(providers, arn, claim, scope, context).release();
    } catch (RuntimeException e) {
      context.logDecision("the claim could not be removed", Map.of("provider", arn.toString()));
      failure.addSuppressed(e);
    }
  }

  private ResourceResult delete(Request.Delete request, Claim claim, RequestContext context) {
    String id = request.physicalId();
    Optional<Incomplete> incomplete = Incomplete.parse(id);
    if (PhysicalIds.isNotCreated(id)) {
      context.logDecision("the Create changed nothing, so there is nothing to delete", Map.of());
    } else if (incomplete.isPresent()) {
      undoCreate(incomplete.get(), claim, context);
    } else if (ProviderArn.parse(id).isPresent()) {
      ownProvider(id, context).ifPresent(arn -> delete(arn, claim, context));
    } else {
      // A Create with invalid properties has never claimed anything.
      EksOidcProviderProperties.readIfValid(request.properties(), context.location())
          .map(EksOidcProviderProperties::source)
          .ifPresent(
              source ->
                  RequestCancellation.ofCreate(providers, claim, context)
                      .release(() -> lookup(context).candidates(source)));
    }
    return ResourceResult.of(id);
  }

  private void undoCreate(Incomplete create, Claim claim, RequestContext context) {
    var scope =
        new ReleaseScope.ClaimOfRequest(create.requestId(), create.startedAt(), Optional.empty());
    ownProvider(create.resource(), context)
        .ifPresent(arn -> new ClaimRelease(providers, arn, claim, scope, context).release());
  }

  private void delete(ProviderArn arn, Claim claim, RequestContext context) {
    try {
      new ClaimRelease(providers, arn, claim, new ReleaseScope.AnyClaim(false), context).release();
    } catch (AwsCallException e) {
      if (!e.isDenied() || arn.eksRegion().isPresent()) {
        throw e;
      }
      // The role allows only the providers of EKS issuers, and so did every Create.
      context.logDecision("not the provider of an EKS issuer, left alone", Map.of());
    }
  }

  /** The provider of a physical id; empty if the id is not one of this account and partition. */
  private static Optional<ProviderArn> ownProvider(String physicalId, RequestContext context) {
    return ProviderArn.parse(physicalId)
        .filter(
            arn ->
                arn.account().equals(context.location().account())
                    && arn.partition().equals(context.location().partition()));
  }

  private ProviderLookup lookup(RequestContext context) {
    return new ProviderLookup(providers, issuers, context);
  }

  private ClaimAcquisition acquisition(
      ProviderArn arn,
      Claim claim,
      EksOidcProviderProperties properties,
      RequestContext context,
      ClaimAcquisition.ClaimListener listener) {
    return new ClaimAcquisition(
        providers, arn, claim, properties.source().clusterId(), context, listener);
  }

  private static ResourceResult result(ProviderArn arn, Issuer issuer, Provider provider) {
    Ownership ownership = Ownership.of(provider);
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("Arn", arn.toString());
    attributes.put("Url", issuer.url());
    attributes.put("Issuer", issuer.name());
    attributes.put(
        "Ownership",
        !ownership.isManaged()
            ? "Adopted"
            : ownership.takenOverBy().isPresent() ? "TakenOver" : "Created");
    return new ResourceResult(arn.toString(), attributes);
  }
}
