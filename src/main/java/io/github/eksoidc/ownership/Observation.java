package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request knows of one provider: what its last read has shown, and what it has written
 * since. A value: each event gives another one, and nothing is called.
 *
 * @param provider with what this request has written since the read; empty if there is no provider,
 *     or if nothing is known
 * @param reads how far the last read can be trusted
 * @param ownClaim what the request knows of its own claim
 * @param ownLease the lease of the request
 */
record Observation(
    Claimant claimant,
    String requestId,
    Optional<Ownership> provider,
    Certainty reads,
    OwnClaim ownClaim,
    OwnLease ownLease) {

  Observation {
    requireNonNull(claimant, "claimant is null");
    requireNonNull(requestId, "requestId is null");
    requireNonNull(provider, "provider is null");
    requireNonNull(reads, "reads is null");
    requireNonNull(ownClaim, "ownClaim is null");
    requireNonNull(ownLease, "ownLease is null");
  }

  /**
   * Nothing is known yet.
   *
   * @param nonce of the lease that the request may need
   */
  static Observation ofNothing(Claimant claimant, String requestId, String nonce) {
    return new Observation(
        claimant,
        requestId,
        Optional.empty(),
        Certainty.NONE,
        OwnClaim.NONE,
        OwnLease.notStored(nonce));
  }

  // Events.

  /** The first read, or a later one, is about to begin. */
  Observation looking(Instant now, Duration patience) {
    return new Observation(
        claimant, requestId, provider, reads.looking(now, patience), ownClaim, ownLease);
  }

  /** A read that began at a time has shown a provider, or none. */
  Observation read(Optional<Provider> shown, Instant at) {
    Optional<Ownership> is = shown.map(p -> new Ownership(p, at));
    Certainty now = reads.read(shown, at, change -> is.filter(o -> shows(o, change)).isPresent());
    return new Observation(
        claimant,
        requestId,
        is,
        now,
        ownClaim.read(is, is.flatMap(this::ownClaimOn), now.isCertain()),
        ownLease);
  }

  /** A call that may store the claim or the lease is about to be sent. */
  Observation sending(Change change) {
    return switch (change) {
      case Change.PutTags(var tags) ->
          new Observation(
              claimant,
              requestId,
              provider,
              reads,
              tags.keySet().stream().anyMatch(claimant::isKey) ? ownClaim.sending() : ownClaim,
              tags.containsKey(ownLease.lease().key()) ? ownLease.sending(tags) : ownLease);
      default -> this;
    };
  }

  /** A call that creates the provider with the claim is about to be sent. */
  Observation creating() {
    return new Observation(claimant, requestId, provider, reads, ownClaim.sending(), ownLease);
  }

  /** The last call that was about to be sent changed nothing. */
  Observation changedNothing(Observation before) {
    return new Observation(claimant, requestId, provider, reads, before.ownClaim, ownLease);
  }

  /** A change was made. */
  Observation wrote(Change change, Instant at) {
    Optional<Ownership> is = provider.map(was -> new Ownership(was.provider().after(change), at));
    Set<String> keys = keysOf(change);
    boolean putsClaim = change instanceof Change.PutTags && keys.stream().anyMatch(claimant::isKey);
    boolean putsLease = change instanceof Change.PutTags && keys.contains(ownLease.lease().key());
    boolean needsRead = putsLease || keys.stream().anyMatch(claimant::isKey);
    OwnClaim own = putsClaim ? ownClaim.wasStored() : ownClaim;
    return new Observation(
        claimant,
        requestId,
        is,
        keys.stream().anyMatch(ProviderTags::isReserved)
            ? reads.wrote(change, at, needsRead)
            : reads,
        own.shownOn(is, is.flatMap(this::ownClaimOn)),
        ownLease.after(change));
  }

  /** This request has created the provider. */
  Observation created(Move.Create move, Instant at) {
    Provider created =
        new Provider(
            at,
            move.desired().audiences(),
            move.desired().thumbprints().orElse(List.of()),
            ProviderTags.copyOf(move.tags()));
    return new Observation(
        claimant,
        requestId,
        Optional.of(new Ownership(created, at)),
        reads.told(),
        ownClaim.wasStored(),
        ownLease);
  }

  /** A write found no provider. */
  Observation foundNone() {
    return new Observation(claimant, requestId, Optional.empty(), reads.told(), ownClaim, ownLease);
  }

  /**
   * IAM reports, in response to a creation, that the provider exists.
   *
   * @param before what was known before the creation
   */
  Observation foundOne(Providers.Creation creation, Observation before) {
    OwnClaim own =
        creation == Providers.Creation.EXISTED
            ? ownClaim.notByThisDelivery(before.ownClaim)
            : ownClaim;
    return new Observation(claimant, requestId, provider, reads.outdated(), own, ownLease);
  }

  /** The request may not read the provider. */
  Observation readDenied() {
    return new Observation(claimant, requestId, provider, reads, ownClaim.readDenied(), ownLease);
  }

  /** There was no response to a deletion: IAM may carry it out later. */
  Observation deletionInDoubt(Instant at) {
    return new Observation(
        claimant, requestId, provider, reads.inDoubt(at), ownClaim, ownLease.deletionInDoubt());
  }

  private static Set<String> keysOf(Change change) {
    return switch (change) {
      case Change.PutTags(Map<String, String> tags) -> tags.keySet();
      case Change.RemoveTags(Set<String> removed) -> removed;
      default -> Set.of();
    };
  }

  private boolean shows(Ownership is, Change change) {
    Map<String, String> tags = is.provider().tags();
    return switch (change) {
      case Change.PutTags(Map<String, String> put) ->
          put.entrySet().stream()
              .allMatch(
                  tag ->
                      claimant.isKey(tag.getKey())
                          ? showsClaim(is, tag.getValue())
                          : tag.getValue().equals(tags.get(tag.getKey())));
      case Change.RemoveTags(Set<String> keys) -> keys.stream().noneMatch(tags::containsKey);
      default -> false;
    };
  }

  /** Another delivery of this request may have written its own since. */
  private boolean showsClaim(Ownership is, String written) {
    Optional<Claim> wrote = Claim.parse(written, is.readAt());
    return ownClaimOn(is)
        .filter(shown -> wrote.filter(w -> !shown.writtenAt().isBefore(w.writtenAt())).isPresent())
        .isPresent();
  }

  private Optional<Claim> ownClaimOn(Ownership is) {
    return is.claimOf(claimant, requestId);
  }

  // What is known.

  /** The claims of the resource. */
  List<Claim> claims() {
    return provider.stream().flatMap(is -> is.claimsOf(claimant).values().stream()).toList();
  }

  /** Whether the provider has the claim of this request, from this delivery or another. */
  boolean hasOwnClaim() {
    return provider.flatMap(this::ownClaimOn).isPresent();
  }

  /** Whether the provider had the claim of this request, and somebody has removed it. */
  boolean hasLostClaim() {
    return !hasOwnClaim()
        && ownClaim.shownOn().isPresent()
        && provider.map(p -> p.provider().created()).equals(ownClaim.shownOn());
  }

  /** Whether this request may have claimed the provider, and the last read may not show it yet. */
  boolean mayHideOwnClaim() {
    return ownClaim.stored() == OwnClaim.Stored.POSSIBLY && !hasOwnClaim() && !isCertain();
  }

  /** Whether everything is shown that others have written before this request's last write. */
  boolean isCertain() {
    return reads.isCertain();
  }

  /** Whether this request has changed something that others look at. */
  boolean hasWritten() {
    return reads.lastWrite().isPresent() || ownLease.isDeletionInDoubt();
  }

  /** Whether only a later read shows what others have written before this request's last write. */
  boolean awaitsRead() {
    return !reads.isKnown() || (hasWritten() && !isCertain());
  }

  /** The leases of others that have not expired. */
  Set<String> othersLeases(Instant now) {
    Set<String> others = new HashSet<>(provider.map(p -> p.activeLeases(now)).orElse(Set.of()));
    others.remove(ownLease.lease().nonce());
    return others;
  }

  /**
   * The next move towards being the only request with a lease; empty if this one is. Of several
   * that store a lease at the same time, the one with the least nonce goes first; the others
   * withdraw theirs and wait.
   */
  Optional<Move> untilExclusive(Instant now) {
    Lease lease = ownLease.lease();
    boolean stored = provider.filter(p -> p.hasLease(lease)).isPresent();
    Set<String> others = othersLeases(now);
    if (!others.isEmpty()) {
      boolean yields = stored && others.stream().anyMatch(o -> o.compareTo(lease.nonce()) < 0);
      return Optional.of(
          yields && !ownLease.isDeletionInDoubt()
              ? new Move.Write(new Change.RemoveTags(Set.of(lease.key())))
              : new Move.Wait(others));
    }
    return stored && lease.coversCall(now)
        ? Optional.empty()
        : Optional.of(new Move.Write(lease.renewed(now).put()));
  }
}
