package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request knows of one provider: what its last read has shown, and what it has written
 * since. Makes no calls.
 *
 * <p>IAM's reads may lag behind its writes. The one rule for that: a read is <em>certain</em> if it
 * shows the last thing that this request wrote to the provider, and so everything that others wrote
 * before, or if it began when reads could not lag behind that any more.
 */
final class Observation {

  /** IAM shows the time of creation in whole seconds, by its own clock. */
  private static final Duration CREATED_PRECISION = Duration.ofSeconds(3);

  private final Claim claim;
  private final String requestId;

  /** Empty if there is no provider, or if nothing is known. */
  private Optional<Ownership> provider = Optional.empty();

  private boolean known;
  private boolean certain;
  private Optional<Instant> certainAt = Optional.empty();
  private Optional<Change> lastWrite = Optional.empty();
  private Lease lease;
  private boolean leaseMayRemain;
  private boolean deletionInDoubt;
  private Optional<Instant> created = Optional.empty();
  private Optional<Instant> claimedOn = Optional.empty();

  /**
   * Nothing is known yet.
   *
   * @param nonce of the lease that the request may need
   */
  Observation(Claim claim, String requestId, String nonce) {
    this.claim = requireNonNull(claim, "claim is null");
    this.requestId = requireNonNull(requestId, "requestId is null");
    this.lease = new Lease(nonce, Instant.EPOCH);
  }

  // What has happened.

  /** A read that began at a time has shown a provider, or none. */
  void read(Optional<Provider> shown, Instant at) {
    known = true;
    provider = shown.map(Ownership::of);
    certain =
        certainAt.filter(time -> !at.isBefore(time)).isPresent()
            || shown.map(this::showsLastWrite).orElseGet(() -> isDeletedBy(at));
    shown.ifPresent(p -> created = Optional.of(p.created()));
    noteClaim();
  }

  /** A change was made. */
  void wrote(Change change, Instant at) {
    provider = provider.map(was -> Ownership.of(was.provider().after(change)));
    Set<String> keys =
        switch (change) {
          case Change.PutTags(Map<String, String> tags) -> tags.keySet();
          case Change.RemoveTags(Set<String> removed) -> removed;
          default -> Set.of();
        };
    if (keys.stream().anyMatch(ProviderTags::isReserved)) {
      lastWrite = Optional.of(change);
      certainAt = Optional.of(at.plus(Providers.MAX_LAG));
      noteClaim();
      boolean isLease = change instanceof Change.PutTags && keys.contains(lease.key());
      certain &= !isLease && keys.stream().noneMatch(claim::isKey);
    }
    leaseMayRemain &= !(change instanceof Change.RemoveTags && keys.contains(lease.key()));
  }

  /** A lease is about to be written. */
  void writing(Lease next) {
    lease = next;
    leaseMayRemain = true;
  }

  /** This request has created the provider. */
  void created(Provider created) {
    known = true;
    certain = true;
    provider = Optional.of(Ownership.of(created));
  }

  /** A write found no provider. */
  void foundNone() {
    known = true;
    provider = Optional.empty();
    certain = true;
  }

  /** IAM reports that the provider exists. */
  void foundOne() {
    known = false;
  }

  /** There was no response to a deletion: IAM may carry it out later. */
  void deletionInDoubt(Instant at) {
    deletionInDoubt = true;
    // Before the deletion is repeated, a read must show a lease that was written after it.
    lease = new Lease(lease.nonce(), lease.until().plusMillis(1));
    known = false;
    lastWrite = Optional.empty();
    certainAt = Optional.of(at.plus(Providers.MAX_LAG));
  }

  /** The first read is about to begin. */
  void beginLooking(Instant now, Duration patience) {
    if (certainAt.isEmpty()) {
      certainAt = Optional.of(now.plus(patience));
    }
  }

  private boolean showsLastWrite(Provider shown) {
    return switch (lastWrite.orElse(null)) {
      case Change.PutTags(Map<String, String> tags) ->
          tags.entrySet().stream()
              .allMatch(
                  tag ->
                      claim.isKey(tag.getKey())
                          ? isSince(tag.getValue(), shown)
                          : tag.getValue().equals(shown.tags().get(tag.getKey())));
      case Change.RemoveTags(Set<String> keys) ->
          keys.stream().noneMatch(shown.tags()::containsKey);
      case null, default -> false;
    };
  }

  /** Another delivery of this request may have written its own since. */
  private boolean isSince(String written, Provider shown) {
    return Ownership.of(shown)
        .claimOf(claim, requestId)
        .filter(record -> !record.at().isBefore(ClaimRecord.parse(written).at()))
        .isPresent();
  }

  /** Whether a read that shows nothing can't be one from before the provider was created. */
  private boolean isDeletedBy(Instant at) {
    return created
        .filter(c -> c.plus(Providers.MAX_LAG).plus(CREATED_PRECISION).isBefore(at))
        .isPresent();
  }

  private void noteClaim() {
    if (ownClaim().isPresent()) {
      claimedOn = provider.map(p -> p.provider().created());
    }
  }

  // What is known.

  /** The claim of this request, from this delivery or another, that the provider has. */
  Optional<ClaimRecord> ownClaim() {
    return provider.flatMap(p -> p.claimOf(claim, requestId));
  }

  /** Whether the provider had the claim of this request, and somebody has removed it. */
  boolean hasLostClaim() {
    return claimedOn.isPresent()
        && ownClaim().isEmpty()
        && provider.map(p -> p.provider().created()).equals(claimedOn);
  }

  /** The provider, with what this request has written. */
  Optional<Ownership> provider() {
    return provider;
  }

  /** Whether everything is shown that others have written before this request's last write. */
  boolean isCertain() {
    return certain;
  }

  /** Whether only a later read shows what others have written before this request's last write. */
  boolean awaitsRead() {
    return !known || (hasWritten() && !certain);
  }

  /** When reads become certain in any case; empty before the first one. */
  Optional<Instant> certainAt() {
    return certainAt;
  }

  /** Whether this request has changed something that others look at. */
  boolean hasWritten() {
    return lastWrite.isPresent() || deletionInDoubt;
  }

  // Leases.

  /** The leases of others that have not expired. */
  Set<String> othersLeases(Instant now) {
    Set<String> others = new HashSet<>(provider.map(p -> p.activeLeases(now)).orElse(Set.of()));
    others.remove(lease.nonce());
    return others;
  }

  /**
   * The next move towards being the only request with a lease; empty if this one is. Of several
   * that store a lease at the same time, the one with the least nonce goes first; the others
   * withdraw theirs and wait.
   */
  Optional<Move> untilExclusive(Instant now) {
    boolean stored = provider.filter(p -> p.hasLease(lease)).isPresent();
    Set<String> others = othersLeases(now);
    if (!others.isEmpty()) {
      boolean yields = stored && others.stream().anyMatch(o -> o.compareTo(lease.nonce()) < 0);
      return Optional.of(
          yields && !deletionInDoubt
              ? new Move.Write(new Change.RemoveTags(Set.of(lease.key())))
              : new Move.Wait(others));
    }
    return stored && lease.coversCall(now)
        ? Optional.empty()
        : Optional.of(new Move.Take(lease.renewed(now)));
  }

  /** The lease that this request has, or last had. */
  Lease lease() {
    return lease;
  }

  /**
   * The key of the lease, if it may be stored and may be removed. After a deletion without a
   * response it stays until it expires: IAM may still carry out the deletion.
   */
  Set<String> removableLease() {
    return leaseMayRemain && !deletionInDoubt ? Set.of(lease.key()) : Set.of();
  }

  /** Whether IAM may carry out a deletion later. */
  boolean isDeletionInDoubt() {
    return deletionInDoubt;
  }
}
