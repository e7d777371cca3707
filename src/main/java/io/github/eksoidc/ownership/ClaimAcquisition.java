package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.ClaimRecord.Origin;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Difference;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Backoff;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Creates a provider, or claims an existing one, and brings it to the desired state.
 *
 * <p>When this succeeds, the provider exists, carries the claim, and nobody is about to delete it:
 * either it was created with the claim in one call, or a read that shows the claim shows no active
 * lease. A Delete that takes its lease later sees the claim.
 */
public final class ClaimAcquisition {

  /** Follows whether the request may have left a claim, so that a failed one can be undone. */
  @FunctionalInterface
  public interface ClaimListener {
    /**
     * Called before a call that may store the claim, and after one that certainly did not.
     *
     * @param possible whether the provider may carry a claim that this request stored
     */
    void claimPossible(boolean possible);
  }

  private final Providers providers;
  private final ProviderArn arn;
  private final Claim claim;
  private final Optional<String> cluster;
  private final RequestContext context;
  private final ClaimListener listener;
  private final ConsistentReads reads;
  private final Set<String> ownLeases = new HashSet<>();
  private boolean claimPossible;
  private boolean claimRemoved;
  private boolean claimStored;
  private Optional<Instant> storedAt = Optional.empty();
  private final Set<Instant> storedBefore = new HashSet<>();
  private Optional<ClaimRecord> previous = Optional.empty();

  /**
   * @param cluster {@code <Region>/<name>} of the cluster, if the template names one
   */
  public ClaimAcquisition(
      Providers providers,
      ProviderArn arn,
      Claim claim,
      Optional<String> cluster,
      RequestContext context,
      ClaimListener listener) {
    this.providers = requireNonNull(providers, "providers is null");
    this.arn = requireNonNull(arn, "arn is null");
    this.claim = requireNonNull(claim, "claim is null");
    this.cluster = requireNonNull(cluster, "cluster is null");
    this.context = requireNonNull(context, "context is null");
    this.listener = requireNonNull(listener, "listener is null");
    this.reads = new ConsistentReads(providers, arn, context);
  }

  /** Whether the provider may carry a claim that this request stored. */
  public boolean claimPossible() {
    return claimPossible;
  }

  /**
   * The resource's claim that this request has overwritten; empty if there was none. If an earlier
   * delivery of this request has overwritten it, the claim that this request has stored.
   */
  public Optional<ClaimRecord> previousClaim() {
    return previous;
  }

  /**
   * Creates the provider or, if it exists, claims it as {@code onExisting} says.
   *
   * @param origin what the claim says about this request if there was no claim before
   * @param old the desired state of the request before; empty if there was none
   * @return the provider, with the tags that say who manages it as they are now
   */
  public Provider createOrClaim(
      Issuer issuer,
      DesiredState desired,
      Optional<DesiredState> old,
      OnExisting onExisting,
      Origin origin) {
    Backoff backoff = reads.backoff();
    while (true) {
      context.reportProgress("creating " + arn);
      Map<String, String> tags = tagsOfNew(desired, origin);
      if (create(issuer, desired, tags)) {
        logDecision("created", desired.audiences());
        return new Provider(
            context.now(),
            desired.audiences(),
            desired.thumbprints().orElse(List.of()),
            ProviderTags.copyOf(tags));
      }
      context.reportProgress("claiming " + arn);
      Optional<Provider> claimed =
          reads
              .read()
              .flatMap(seen -> claim(seen, desired, onExisting, origin))
              .flatMap(seen -> converge(seen, desired, old))
              .flatMap(seen -> takeOver(seen, onExisting));
      if (claimed.isPresent()) {
        return claimed.get();
      }
      // Somebody deleted the provider meanwhile, or the read lags: create it, or read again.
      backoff.pause();
    }
  }

  /**
   * Brings a provider that already carries the claim to the desired state.
   *
   * @param old the desired state of the request before; empty if it was rejected
   * @param renewClaim whether the claim has to name this request
   * @return empty if the provider does not exist any more
   */
  public Optional<Provider> update(
      Provider seen,
      DesiredState desired,
      Optional<DesiredState> old,
      OnExisting onExisting,
      boolean renewClaim) {
    context.reportProgress("updating " + arn);
    if (renewClaim && !storeClaim(Origin.RENEWAL, Ownership.of(seen).claimOf(claim))) {
      return Optional.empty();
    }
    checkThumbprints(seen, desired);
    return converge(seen, desired, old).flatMap(p -> takeOver(p, onExisting));
  }

  /** If IAM says that the provider exists, an attempt without a response may have created it. */
  private boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    boolean before = claimPossible;
    setClaimPossible(true);
    try {
      // If it exists, an earlier attempt or delivery of this request may have created it.
      return providers.create(issuer, desired, tags);
    } catch (AwsCallException e) {
      setClaimPossible(before || !e.changedNothing());
      throw e;
    }
  }

  private void setClaimPossible(boolean possible) {
    if (possible != claimPossible) {
      claimPossible = possible;
      listener.claimPossible(possible);
    }
  }

  /** Stores the claim on an existing provider; empty if it does not exist any more. */
  private Optional<Provider> claim(
      Provider seen, DesiredState desired, OnExisting onExisting, Origin origin) {
    Ownership ownership = Ownership.of(seen);
    Optional<ClaimRecord> existing = ownership.claimOf(claim);
    boolean own = existing.filter(this::isOfThisRequest).isPresent();
    if (own && !claimRemoved) {
      // An earlier attempt or delivery of this request stored it.
      if (previous.isEmpty()) {
        previous = existing.filter(record -> record.origin() == Origin.RENEWAL);
      }
      // The read may lag behind a later write of this delivery.
      return (carriesStoredClaim(seen)
              ? Optional.of(seen)
              : reads.readUntilExpectedOrAbsent(this::carriesStoredClaim))
          .flatMap(shown -> settle(shown, existing.get().origin()));
    }
    setClaimPossible(own || claimStored);
    if (existing.isEmpty()) {
      if (onExisting == OnExisting.FAIL) {
        return waitOrFail(seen);
      }
      checkRoom(seen, desired, onExisting);
    } else if (!own) {
      previous = existing;
    }
    checkThumbprints(seen, desired);
    Origin stored = existing.isPresent() ? origin.overExistingClaim() : origin;
    if (!storeClaim(stored, existing)) {
      return Optional.empty();
    }
    claimRemoved = false;
    return reads
        .readUntilExpectedOrAbsent(this::carriesStoredClaim)
        .flatMap(shown -> settle(shown, stored));
  }

  private boolean storeClaim(Origin origin, Optional<ClaimRecord> existing) {
    boolean before = claimPossible;
    setClaimPossible(true);
    // Without a cluster in the template, it remains the one that the provider was claimed for.
    Optional<String> named = cluster.or(() -> existing.flatMap(ClaimRecord::cluster));
    ClaimRecord record = record(origin, named);
    storedAt.ifPresent(storedBefore::add);
    storedAt = Optional.of(record.at());
    try {
      boolean stored =
          providers.change(arn, new Change.PutTags(Map.of(claim.key(), record.value())));
      claimStored |= stored;
      setClaimPossible(stored || before);
      return stored;
    } catch (AwsCallException e) {
      claimStored |= !e.changedNothing();
      setClaimPossible(before || !e.changedNothing());
      throw e;
    }
  }

  private Optional<Provider> waitOrFail(Provider seen) {
    Set<String> leases = Ownership.of(seen).activeLeases(context.now());
    if (leases.isEmpty()) {
      throw new RequestFailedException(
          "%s already exists%s, and OnExisting is Fail. Set OnExisting to Adopt to share the provider."
              .formatted(arn, usedBy(seen)));
    }
    reads.pauseFor(leases, seen, reads.backoff());
    return Optional.empty();
  }

  /** Waits until nobody else holds a lease; empty if the provider is deleted meanwhile. */
  private Optional<Provider> settle(Provider claimed, Origin origin) {
    Backoff backoff = reads.backoff();
    Optional<Provider> seen = Optional.of(claimed);
    while (seen.isPresent()) {
      Provider provider = seen.get();
      Ownership ownership = Ownership.of(provider);
      if (!carriesStoredClaim(provider)) {
        if (origin != Origin.CREATE || !isSame(provider, claimed)) {
          // Whoever undid an earlier request of the resource has removed it: store it again.
          claimRemoved = true;
          return Optional.empty();
        }
        throw new RequestFailedException(
            ("The claim of this resource on %s was removed while the request was running."
                    + " CloudFormation may have canceled the request and deleted the resource.")
                .formatted(arn));
      }
      Set<String> leases = ownership.activeLeases(context.now());
      leases.removeAll(ownLeases);
      if (leases.isEmpty()) {
        return seen;
      }
      reads.pauseFor(leases, provider, backoff);
      // A claim of an earlier request is not enough: such a read may lag behind the leases.
      seen = reads.readUntilExpectedOrAbsent(this::carriesStoredClaim);
    }
    return seen;
  }

  private Optional<Provider> converge(
      Provider seen, DesiredState desired, Optional<DesiredState> old) {
    Difference difference = difference(seen, desired, old);
    if (difference.isDestructive()) {
      return convergeUnderLease(desired, old);
    }
    logDecision(difference.isEmpty() ? "nothing differs" : "changing", difference.changes());
    boolean exists = apply(difference.changes());
    Set<String> expired = expiredLeases(seen);
    if (exists && !expired.isEmpty()) {
      exists = providers.change(arn, new Change.RemoveTags(expired));
    }
    return exists ? Optional.of(seen) : Optional.empty();
  }

  /**
   * Removes something under a lease: whoever claims the provider meanwhile waits until the lease is
   * gone, and then adds what is missing.
   */
  private Optional<Provider> convergeUnderLease(DesiredState desired, Optional<DesiredState> old) {
    ExclusiveLease lease = new ExclusiveLease(providers, arn, context, reads);
    try {
      Optional<Provider> leased = lease.acquire();
      ownLeases.add(lease.nonce());
      if (leased.isEmpty()) {
        return Optional.empty();
      }
      Difference difference = difference(leased.get(), desired, old);
      logDecision("changing", difference.changes());
      boolean exists = apply(difference.changes());
      return lease.release(expiredLeases(leased.get())) && exists ? leased : Optional.empty();
    } catch (RuntimeException e) {
      lease.releaseAfterFailure(e);
      throw e;
    }
  }

  /**
   * Makes the provider managed if the template says so. Done last: if the request fails before, the
   * provider stays what it was.
   */
  private Optional<Provider> takeOver(Provider seen, OnExisting onExisting) {
    if (onExisting != OnExisting.TAKE_OVER || Ownership.of(seen).isManaged()) {
      return Optional.of(seen);
    }
    Map<String, String> tags =
        Map.of(
            OwnershipTags.MANAGED, "true", OwnershipTags.TAKEN_OVER, record(Origin.UPDATE).value());
    logDecision("taken over", List.of());
    if (!providers.change(arn, new Change.PutTags(tags))) {
      return Optional.empty();
    }
    Map<String, String> all = ProviderTags.copyOf(seen.tags());
    all.putAll(tags);
    return Optional.of(
        new Provider(
            seen.created(), seen.audiences(), seen.thumbprints(), ProviderTags.copyOf(all)));
  }

  private boolean apply(List<Change> changes) {
    for (Change change : changes) {
      if (!providers.change(arn, change)) {
        return false;
      }
    }
    return true;
  }

  private Difference difference(Provider seen, DesiredState desired, Optional<DesiredState> old) {
    Ownership ownership = Ownership.of(seen);
    // An earlier delivery of this request may have taken it over: until then it was not managed.
    boolean takenOver = ownership.isTakenOverBy(context.requestId());
    return ownership.isManaged() && !takenOver && ownership.otherClaimants(claim).isEmpty()
        ? Difference.exact(seen, desired, old)
        : Difference.additive(seen, desired, old);
  }

  /** What requests that died left behind, to be removed. */
  private Set<String> expiredLeases(Provider seen) {
    Set<String> keys = new HashSet<>();
    Ownership.of(seen)
        .expiredLeases(context.now())
        .forEach(nonce -> keys.add(OwnershipTags.LEASE + nonce));
    return keys;
  }

  private void checkRoom(Provider seen, DesiredState desired, OnExisting onExisting) {
    boolean takesOver = onExisting == OnExisting.TAKE_OVER && !Ownership.of(seen).isManaged();
    int own = takesOver ? 3 : 1;
    int needed = own + Difference.missingTags(seen, desired).size();
    if (seen.freeTags() >= needed) {
      return;
    }
    List<String> owners = Ownership.of(seen).otherClaimants(claim);
    String state =
        "%s has %d of the %d tags that IAM allows, and this resource needs %d more, %d of them to record that it uses the provider."
            .formatted(arn, seen.tags().size(), ProviderTags.MAX_COUNT, needed, own);
    String remedy =
        owners.isEmpty()
            ? " Remove tags from the property Tags of this resource, or remove your own tags from the provider."
            : (" %d other resources use it: %s. Import its ARN from one of their stacks instead of"
                    + " declaring the provider again.")
                .formatted(owners.size(), shortList(owners));
    throw new RequestFailedException(state + remedy);
  }

  /** Fails before anything is changed if the thumbprints can't be added to a shared provider. */
  private void checkThumbprints(Provider seen, DesiredState desired) {
    Ownership ownership = Ownership.of(seen);
    if (ownership.isManaged() && ownership.otherClaimants(claim).isEmpty()) {
      return;
    }
    int thumbprints = Difference.union(seen, desired).size();
    if (desired.thumbprints().isPresent() && thumbprints > Difference.MAX_THUMBPRINTS) {
      throw new RequestFailedException(
          ("%s would have %d thumbprints, including those of ThumbprintList, but IAM allows %d. Other"
                  + " resources use the provider, so its thumbprints stay. Omit ThumbprintList: IAM does"
                  + " not need it for EKS.")
              .formatted(arn, thumbprints, Difference.MAX_THUMBPRINTS));
    }
  }

  private static String shortList(List<String> owners) {
    int shown = Math.min(owners.size(), 5);
    return String.join(", ", owners.subList(0, shown))
        + (owners.size() > shown ? " and %d more".formatted(owners.size() - shown) : "");
  }

  /** The tags of a new provider: the desired ones, the managed tag, and the claim. */
  private Map<String, String> tagsOfNew(DesiredState desired, Origin origin) {
    Map<String, String> all = ProviderTags.copyOf(desired.tags());
    all.put(OwnershipTags.MANAGED, "true");
    all.put(claim.key(), record(origin).value());
    return all;
  }

  private ClaimRecord record(Origin origin) {
    return record(origin, cluster);
  }

  private ClaimRecord record(Origin origin, Optional<String> named) {
    return new ClaimRecord(
        claim.owner(), origin, context.requestId(), context.now(), named, stackLocation(named));
  }

  /** Where the stack is, unless it is in the cluster's Region and in the function's account. */
  private Optional<String> stackLocation(Optional<String> named) {
    return claim
        .stack()
        .flatMap(
            stack -> {
              if (!stack.account().equals(context.location().account())) {
                return Optional.of(stack.region() + ":" + stack.account());
              }
              boolean isClusters =
                  named.filter(c -> c.startsWith(stack.region() + "/")).isPresent();
              return isClusters ? Optional.empty() : Optional.of(stack.region());
            });
  }

  private boolean isOfThisRequest(ClaimRecord record) {
    return record.requestId().equals(context.requestId());
  }

  /**
   * Whether a read shows the claim of this request, and not one that this delivery has overwritten.
   */
  private boolean carriesStoredClaim(Provider provider) {
    return Ownership.of(provider)
        .claimOf(claim)
        .filter(record -> isOfThisRequest(record) && !storedBefore.contains(record.at()))
        .isPresent();
  }

  private String usedBy(Provider seen) {
    List<String> others = Ownership.of(seen).otherClaimants(claim);
    return others.isEmpty() ? "" : ", used by " + shortList(others);
  }

  private void logDecision(String what, List<?> details) {
    context.logDecision(what, Map.of("provider", arn.toString(), "changes", details));
  }

  /** Whether two reads show the same provider, and not one that was created after the other. */
  private static boolean isSame(Provider one, Provider other) {
    return one.created().equals(other.created());
  }
}
