package io.github.eksoidc.resourcetype;

import io.github.eksoidc.issuer.ClusterGoneException;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.ownership.Leftover;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.ownership.Session;
import io.github.eksoidc.ownership.Wanted;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** One request for a {@link EksOidcProvider}. */
final class ProviderLifecycle {

  private final Providers providers;
  private final IssuerResolver issuers;
  private final RequestContext context;
  private final Claims claims;
  private final Optional<String> stackAccount;

  ProviderLifecycle(
      Providers providers,
      IssuerResolver issuers,
      LogicalResource resource,
      RequestContext context) {
    this.providers = providers;
    this.issuers = issuers;
    this.context = context;
    this.claims = new Claims(providers, Claim.of(resource), context);
    this.stackAccount = resource.account();
  }

  ResourceResult create(Request.Create request) {
    var properties = read(request.properties());
    Issuer issuer = issuers.resolve(properties.source(), stackAccount, context);
    ProviderArn arn = arn(issuer);
    String notCreated = PhysicalIds.notCreated(context.requestId());
    String incomplete =
        new IncompleteCreate(context.requestId(), context.startedAt(), arn.toString()).physicalId();
    // If the Create fails, the id tells the Delete that follows what there may be to undo.
    Session session =
        claims.at(arn, possible -> context.usePhysicalId(possible ? incomplete : notCreated));
    Provider provider = session.claim(wanted(issuer, properties, Optional.empty()), Origin.CREATE);
    session.removeEarlierClaims();
    return result(arn, issuer, provider);
  }

  ResourceResult update(Request.Update request) {
    var properties = read(request.properties());
    var old = readIfValid(request.oldProperties());
    Optional<IssuerSource> before =
        old.map(EksOidcProviderProperties::source)
            .filter(source -> !source.equals(properties.source()));
    Optional<ProviderArn> current = ownProvider(request.physicalId());
    boolean sameSource = old.isPresent() && before.isEmpty();
    Issuer issuer = issuer(properties.source(), sameSource, before, current);
    Wanted wanted = wanted(issuer, properties, old);
    ProviderArn arn = arn(issuer);
    return result(
        arn,
        issuer,
        current.filter(arn::equals).isPresent()
            ? updateInPlace(arn, wanted, before)
            : replace(arn, wanted, before, current));
  }

  /** The issuer that an Update is for, also if the cluster does not exist any more. */
  private Issuer issuer(
      IssuerSource source,
      boolean sameSource,
      Optional<IssuerSource> before,
      Optional<ProviderArn> current) {
    try {
      return issuers.resolve(source, stackAccount, context);
    } catch (ClusterGoneException e) {
      Optional<ProviderArn> found =
          sameSource
              ? current
              : providerClaimedFor(source.clusterId().orElseThrow(), e.region(), current);
      if (found.isEmpty()) {
        watchUpdateBefore(before, current);
      }
      return found.map(arn -> Issuer.ofName(arn.issuer())).orElseThrow(() -> e);
    }
  }

  private Provider updateInPlace(ProviderArn arn, Wanted wanted, Optional<IssuerSource> before) {
    Optional<IssuerSource> rolledBack = before.filter(source -> !leadsTo(source, arn));
    List<ClaimRecord> existing = rolledBack.isPresent() ? claims.on(arn) : List.of();
    Session session = claims.at(arn);
    Provider provider = session.update(wanted, rolledBack.isPresent());
    rolledBack.ifPresent(source -> releaseUpdateBefore(source, existing, Set.of(arn)));
    session.removeEarlierClaims();
    return provider;
  }

  /** Another provider: the old one stays until CloudFormation sends the Delete for it. */
  private Provider replace(
      ProviderArn arn,
      Wanted wanted,
      Optional<IssuerSource> before,
      Optional<ProviderArn> current) {
    Session session = claims.at(arn);
    try {
      Provider provider = session.claim(wanted, Origin.UPDATE);
      if (current.isPresent()) {
        List<ClaimRecord> existing = checkNotCanceled(current.get());
        // A rollback to a cluster that was created again replaces the provider, too.
        before
            .filter(source -> isRolledBack(source, current.get(), existing))
            .ifPresent(source -> releaseUpdateBefore(source, existing, Set.of(arn, current.get())));
      }
      session.removeEarlierClaims();
      return provider;
    } catch (RuntimeException e) {
      session.undo(e);
      boolean isLasting =
          e instanceof RequestFailedException
              && !(e instanceof AwsCallException)
              && !(e instanceof DeadlineExceededException);
      if (isLasting) {
        watchUpdateBefore(before, current);
      }
      throw e;
    }
  }

  /**
   * Keeps a replacing Update and the rollback that cancels it from missing each other.
   *
   * <p>CloudFormation may cancel an Update from provider A to provider B while it runs, and send
   * the rollback to A at once. The Update claims B and then reads A; the rollback renews its claim
   * on A and then reads B. Reads of one provider say nothing about the other, so each waits in
   * between until reads can't lag any more: then at least one of the two sees what the other wrote,
   * and releases the claim on B.
   *
   * @return the claims of the resource on the provider that is replaced
   */
  private List<ClaimRecord> checkNotCanceled(ProviderArn replaced) {
    claims.awaitReads();
    List<ClaimRecord> existing = claims.on(replaced);
    if (existing.stream().anyMatch(record -> record.at().isAfter(context.startedAt()))) {
      throw new RequestFailedException(
          "CloudFormation has canceled this update: a later request of this resource uses %s again."
              .formatted(replaced));
    }
    return existing;
  }

  ResourceResult delete(Request.Delete request) {
    String id = request.physicalId();
    Optional<IncompleteCreate> incomplete = IncompleteCreate.parse(id);
    if (PhysicalIds.isNotCreated(id)) {
      context.logDecision("the Create changed nothing, so there is nothing to delete", Map.of());
    } else if (incomplete.isPresent()) {
      IncompleteCreate create = incomplete.get();
      ownProvider(create.resource())
          .ifPresent(arn -> claims.release(arn, Leftover.of(create.requestId())));
    } else if (ProviderArn.parse(id).isPresent()) {
      ownProvider(id).ifPresent(this::delete);
    } else {
      // A Create with invalid properties has never claimed anything.
      readIfValid(request.properties())
          .map(EksOidcProviderProperties::source)
          .ifPresent(
              source ->
                  claims.releaseUntilOver(
                      () -> candidates(source), Leftover.ofRunningCreate(context.startedAt())));
    }
    return ResourceResult.of(id);
  }

  private void delete(ProviderArn arn) {
    try {
      claims.release(arn, Leftover.all());
    } catch (AwsCallException e) {
      if (!e.isDenied() || arn.eksRegion().isPresent()) {
        throw e;
      }
      // The role allows only the providers of EKS issuers, and so did every Create.
      context.logDecision("not the provider of an EKS issuer, left alone", Map.of());
    }
  }

  // The request whose properties are the old ones of an Update, if it was for another cluster or
  // URL. Usually it has succeeded, and the provider of the resource is its own. Otherwise it was an
  // Update to another provider, which CloudFormation has canceled or which has failed, and the
  // Update at hand is the rollback. Then the Update before may have a claim on the other provider,
  // which the rollback releases. If that is not possible, it is no reason for the rollback to fail.

  private boolean isRolledBack(
      IssuerSource before, ProviderArn current, List<ClaimRecord> existing) {
    return existing.stream().noneMatch(record -> record.isFor(before.clusterId()))
        && !leadsTo(before, current);
  }

  /**
   * Releases what the Update before may have claimed. It learns of the rollback from a claim that
   * the rollback has renewed before.
   *
   * @param existing the claims on the provider that the rollback comes back to
   * @param others providers of this resource whose claims stay
   */
  private void releaseUpdateBefore(
      IssuerSource before, List<ClaimRecord> existing, Set<ProviderArn> others) {
    try {
      claims.awaitReads();
      Leftover leftover = writtenSince(existing);
      Optional<ProviderArn> known = provider(before).filter(arn -> !others.contains(arn));
      if (known.isPresent() && claims.releaseIfShown(known.get(), leftover)) {
        return;
      }
      // The cluster may have been created again, with another issuer, since the update began.
      if (before instanceof IssuerSource.OfCluster(_, String region)) {
        for (ProviderArn arn : providers.list(region)) {
          if (!others.contains(arn)) {
            claims.releaseIfShown(arn, leftover);
          }
        }
      }
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  /**
   * Releases what the Update before claims, before a rollback fails because it can't go back. No
   * claim tells that Update of the rollback, so this looks until it can't claim anything any more.
   */
  private void watchUpdateBefore(Optional<IssuerSource> before, Optional<ProviderArn> current) {
    if (before.isEmpty() || current.isEmpty()) {
      return;
    }
    IssuerSource source = before.get();
    try {
      List<ClaimRecord> existing = claims.on(current.get());
      if (isRolledBack(source, current.get(), existing)) {
        claims.releaseUntilOver(
            () -> candidates(source).stream().filter(arn -> !arn.equals(current.get())).toList(),
            writtenSince(existing));
      }
    } catch (RequestFailedException e) {
      logClaimMayBeLeft(e);
    }
  }

  /**
   * What the Update before may have left elsewhere: it is younger than the oldest claim that it
   * found, and a claim that a template retains is older. Later ones are of earlier rollbacks.
   */
  private static Leftover writtenSince(List<ClaimRecord> existing) {
    return Leftover.ofUpdateSince(
        existing.stream().map(ClaimRecord::at).min(Instant::compareTo).orElse(Instant.MIN));
  }

  private void logClaimMayBeLeft(RequestFailedException e) {
    context.logDecision(
        "a claim may be left at the provider of the update that is rolled back",
        Map.of("error", e.getClass().getSimpleName()));
  }

  // Where providers are.

  /** The provider of a physical id; empty if the id is not one of this account and partition. */
  private Optional<ProviderArn> ownProvider(String physicalId) {
    return ProviderArn.parse(physicalId)
        .filter(
            arn ->
                arn.account().equals(context.location().account())
                    && arn.partition().equals(context.location().partition()));
  }

  private ProviderArn arn(Issuer issuer) {
    return ProviderArn.of(context.location(), issuer);
  }

  /** The provider of a source's issuer; empty if {@link IssuerResolver#current} is. */
  private Optional<ProviderArn> provider(IssuerSource source) {
    return issuers.current(source).map(this::arn);
  }

  private boolean leadsTo(IssuerSource source, ProviderArn arn) {
    return provider(source).filter(arn::equals).isPresent();
  }

  /**
   * Where a request for a source may have stored a claim: the provider of its issuer or, if the
   * issuer is not known, each provider of the cluster's Region.
   */
  private List<ProviderArn> candidates(IssuerSource source) {
    return provider(source)
        .map(List::of)
        .orElseGet(
            () ->
                switch (source) {
                  case IssuerSource.OfUrl _ -> List.of();
                  case IssuerSource.OfCluster cluster -> providers.list(cluster.region());
                });
  }

  /** The provider that the resource claims for a cluster that does not exist any more. */
  private Optional<ProviderArn> providerClaimedFor(
      String cluster, String region, Optional<ProviderArn> current) {
    context.reportProgress("looking for the provider of the cluster " + cluster);
    if (current.filter(arn -> claims.isHeldFor(cluster, arn)).isPresent()) {
      return current;
    }
    return providers.list(region).stream()
        .filter(arn -> !arn.equals(current.orElse(null)))
        .filter(arn -> claims.on(arn).stream().anyMatch(r -> r.isFor(Optional.of(cluster))))
        .findFirst();
  }

  // Properties and results.

  private EksOidcProviderProperties read(Map<String, Object> properties) {
    return EksOidcProviderProperties.read(properties, context.location());
  }

  private Optional<EksOidcProviderProperties> readIfValid(Map<String, Object> properties) {
    return EksOidcProviderProperties.readIfValid(properties, context.location());
  }

  private static Wanted wanted(
      Issuer issuer,
      EksOidcProviderProperties properties,
      Optional<EksOidcProviderProperties> old) {
    return new Wanted(
        issuer,
        properties.source().clusterId(),
        properties.desired(),
        old.map(EksOidcProviderProperties::desired),
        properties.onExisting());
  }

  private ResourceResult result(ProviderArn arn, Issuer issuer, Provider provider) {
    stackAccount
        .filter(account -> !account.equals(arn.account()))
        .ifPresent(
            account ->
                context.logDecision(
                    "the stack is in another account than the function and the provider",
                    Map.of("stackAccount", account, "provider", arn.toString())));
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
