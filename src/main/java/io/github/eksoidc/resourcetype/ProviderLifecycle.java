package io.github.eksoidc.resourcetype;

import io.github.eksoidc.issuer.ClusterGoneException;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerResolver;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.ownership.Claims;
import io.github.eksoidc.ownership.Leftover;
import io.github.eksoidc.ownership.OnExisting;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.ownership.Session;
import io.github.eksoidc.ownership.SupersededException;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * One request for a {@link EksOidcProvider}, as the contract says it under "What each request
 * does".
 */
final class ProviderLifecycle {

  /** Lambda delivers an event again after a minute; the first time it takes seconds. */
  private static final Duration FIRST_DELIVERY = Duration.ofSeconds(30);

  private final IssuerResolver issuers;
  private final RequestContext context;
  private final Claims claims;
  private final ProviderLocator locator;
  private final Optional<String> stackAccount;
  private final boolean mayTakeOver;

  ProviderLifecycle(
      Providers providers,
      IssuerResolver issuers,
      LogicalResource resource,
      RequestContext context,
      boolean mayTakeOver) {
    this.mayTakeOver = mayTakeOver;
    this.issuers = issuers;
    this.context = context;
    this.claims = new Claims(providers, Claimant.of(resource), context);
    this.locator = new ProviderLocator(providers, issuers, claims, context);
    this.stackAccount = resource.account();
  }

  // Create

  ResourceResult create(Request.Create request) {
    var properties = read(request.properties());
    if (properties.onExisting() == OnExisting.TAKE_OVER && !mayTakeOver) {
      throw OnExisting.forbiddenTakeOver();
    }
    Issuer issuer = issuerOfNew(properties.source());
    ProviderArn arn = locator.of(issuer);
    Session session = claims.at(arn);
    // If the Create fails, the id tells the Delete that follows what there may be to undo.
    String notCreated = PhysicalIds.notCreated(context.requestId());
    context.usePhysicalId(() -> session.mayHaveClaimed() ? incomplete(arn) : notCreated);
    Provider provider = session.claim(wanted(issuer, properties, Optional.empty()), Origin.CREATE);
    session.settle();
    return result(arn, issuer, provider);
  }

  private Issuer issuerOfNew(IssuerSource source) {
    boolean first = context.now().isBefore(context.sentAt().plus(FIRST_DELIVERY));
    try {
      return issuers.resolve(source, stackAccount, context);
    } catch (RequestFailedException e) {
      if (!first) {
        locator
            .claimedByEarlierDelivery(source)
            .ifPresent(arn -> context.usePhysicalId(() -> incomplete(arn)));
      }
      throw e;
    }
  }

  private String incomplete(ProviderArn arn) {
    return new IncompleteCreate(context.requestId(), arn.toString()).physicalId();
  }

  // Update

  ResourceResult update(Request.Update request) {
    var properties = read(request.properties());
    var old = readIfValid(request.oldProperties());
    Optional<PreviousUpdate> previous =
        old.map(EksOidcProviderProperties::source)
            .filter(source -> !source.equals(properties.source()))
            .map(source -> new PreviousUpdate(source, claims, locator, context));
    Optional<ProviderArn> current = locator.ofThisAccount(request.physicalId());
    boolean sameSource = old.isPresent() && previous.isEmpty();
    Issuer issuer = issuer(properties.source(), sameSource, previous, current);
    Wanted wanted = wanted(issuer, properties, old);
    ProviderArn arn = locator.of(issuer);
    return result(
        arn,
        issuer,
        current.filter(arn::equals).isPresent()
            ? updateInPlace(arn, wanted, previous)
            : replace(arn, wanted, previous, current));
  }

  /** The issuer that an Update is for, also if the cluster does not exist any more. */
  private Issuer issuer(
      IssuerSource source,
      boolean sameSource,
      Optional<PreviousUpdate> previous,
      Optional<ProviderArn> current) {
    try {
      return issuers.resolve(source, stackAccount, context);
    } catch (ClusterGoneException e) {
      Optional<ProviderArn> found = sameSource ? current : locator.claimedFor(source, current);
      if (found.isEmpty()) {
        watch(previous, current);
      }
      return found.map(arn -> Issuer.ofName(arn.issuer())).orElseThrow(() -> e);
    }
  }

  private Provider updateInPlace(
      ProviderArn arn, Wanted wanted, Optional<PreviousUpdate> previous) {
    Session session = claims.at(arn);
    Optional<ProviderArn> previousProvider = previous.flatMap(PreviousUpdate::provider);
    boolean rollsBack = previous.isPresent() && !previousProvider.equals(Optional.of(arn));
    List<Claim> existing = rollsBack ? session.earlierClaims() : List.of();
    boolean isClaimed = rollsBack && !session.claims().isEmpty();
    Provider provider = session.update(wanted, rollsBack);
    // An earlier delivery that has settled has also released.
    if (rollsBack && !(isClaimed && existing.isEmpty())) {
      try {
        previous.get().release(previousProvider, existing, Set.of(arn));
      } catch (SupersededException e) {
        // What the resource has claimed all the time may be in use.
        if (!isClaimed) {
          session.undo(e);
        }
        throw e;
      }
    }
    session.settle();
    return provider;
  }

  /** Another provider: the old one stays until CloudFormation sends the Delete for it. */
  private Provider replace(
      ProviderArn arn,
      Wanted wanted,
      Optional<PreviousUpdate> previous,
      Optional<ProviderArn> current) {
    Session session = claims.at(arn);
    boolean isCanceled = false;
    try {
      Optional<Session> replaced = current.filter(_ -> previous.isPresent()).map(claims::at);
      List<Claim> existing = replaced.map(Session::earlierClaims).orElse(List.of());
      // A rollback to a cluster that was created again replaces the provider, too.
      boolean rollsBack =
          replaced.isPresent() && previous.get().isRolledBack(current.get(), existing);
      if (rollsBack) {
        replaced.get().renewClaim();
      }
      Provider provider = session.claim(wanted, Origin.UPDATE);
      List<Claim> later = current.map(this::laterClaims).orElse(List.of());
      // Otherwise the later one came from the new provider, so that this one has succeeded before.
      isCanceled = later.stream().anyMatch(claim -> claim.origin() == Origin.RENEWAL);
      if (!later.isEmpty()) {
        throw new SupersededException(current.get());
      }
      if (rollsBack) {
        previous.get().release(previous.get().provider(), existing, Set.of(arn, current.get()));
      }
      session.settle();
      return provider;
    } catch (RuntimeException e) {
      // What another delivery has claimed may be in use, unless this request is canceled.
      if (isCanceled || session.mayHaveClaimedInThisDelivery()) {
        session.undo(e);
      }
      boolean isLasting =
          e instanceof RequestFailedException
              && !(e instanceof SupersededException)
              && !(e instanceof AwsCallException)
              && !(e instanceof DeadlineExceededException);
      if (isLasting) {
        watch(previous, current);
      }
      throw e;
    }
  }

  /**
   * The claims of later requests on the provider that is replaced. If CloudFormation has canceled
   * this Update, its rollback has renewed the claim there.
   */
  private List<Claim> laterClaims(ProviderArn replaced) {
    claims.awaitReads();
    return claims.ofLaterRequests(claims.at(replaced).claims());
  }

  private static void watch(Optional<PreviousUpdate> previous, Optional<ProviderArn> current) {
    previous.ifPresent(update -> current.ifPresent(update::watch));
  }

  // Delete

  ResourceResult delete(Request.Delete request) {
    String id = request.physicalId();
    Optional<IncompleteCreate> incomplete = IncompleteCreate.parse(id);
    if (PhysicalIds.isNotCreated(id)) {
      context.logDecision("the Create changed nothing, so there is nothing to delete", Map.of());
    } else if (incomplete.isPresent()) {
      release(incomplete.get().resource(), Leftover.of(incomplete.get().requestId()));
    } else if (ProviderArn.parse(id).isPresent()) {
      release(id, Leftover.before(context.sentAt()));
    } else {
      // A Create with invalid properties has never claimed anything.
      readIfValid(request.properties())
          .map(EksOidcProviderProperties::source)
          .ifPresent(
              source ->
                  claims.releaseUntilOver(
                      () -> locator.candidates(source),
                      Leftover.ofRunningCreate(context.sentAt())));
    }
    return ResourceResult.of(id);
  }

  private void release(String arn, Leftover leftover) {
    Optional<ProviderArn> provider = locator.ofThisAccount(arn);
    if (provider.isPresent()) {
      claims.release(provider.get(), leftover);
    } else {
      context.logDecision(
          "not the provider of an EKS issuer of this account and partition, left alone", Map.of());
    }
  }

  // Properties and results.

  private EksOidcProviderProperties read(Map<String, Object> properties) {
    return EksOidcProviderProperties.read(properties, context.location());
  }

  private Optional<EksOidcProviderProperties> readIfValid(Map<String, Object> properties) {
    return EksOidcProviderProperties.readIfValid(properties, context.location());
  }

  private Wanted wanted(
      Issuer issuer,
      EksOidcProviderProperties properties,
      Optional<EksOidcProviderProperties> old) {
    return new Wanted(
        issuer,
        properties.source().clusterId(),
        properties.desired(),
        old.map(EksOidcProviderProperties::desired),
        properties.onExisting() == OnExisting.TAKE_OVER && !mayTakeOver
            ? OnExisting.FORBIDDEN_TAKE_OVER
            : properties.onExisting());
  }

  private ResourceResult result(ProviderArn arn, Issuer issuer, Provider provider) {
    stackAccount
        .filter(account -> !account.equals(arn.account()))
        .ifPresent(
            account ->
                context.logDecision(
                    "the stack is in another account than the function and the provider",
                    Map.of("stackAccount", account, "provider", arn.toString())));
    Ownership ownership = new Ownership(provider, context.now());
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    attributes.put("Arn", arn.toString());
    attributes.put("Url", issuer.url());
    attributes.put("Issuer", issuer.name());
    attributes.put(
        "Ownership",
        !ownership.isManaged() ? "Adopted" : ownership.isTakenOver() ? "TakenOver" : "Created");
    return new ResourceResult(arn.toString(), attributes);
  }
}
