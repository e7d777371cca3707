package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Provider;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the tags on a provider say about who uses it and who may delete it.
 *
 * <p>Anybody who may tag the provider can have written them. A tag counts only if its key and its
 * value are exactly of the form that the function writes. Every other tag with the key of a claim
 * is an {@linkplain #oddClaims odd claim}: it keeps the provider, and nothing is read from it.
 *
 * @param provider as IAM shows it at one moment
 * @param readAt that moment
 */
public record Ownership(Provider provider, Instant readAt) {

  public Ownership {
    requireNonNull(provider, "provider is null");
    requireNonNull(readAt, "readAt is null");
  }

  /** Whether the function created the provider or took it over, and so may delete it. */
  public boolean isManaged() {
    return "true".equals(provider.tags().get(OwnershipTags.MANAGED));
  }

  /** Whether the provider was taken over, and not created by the function. */
  public boolean isTakenOver() {
    return provider.tags().containsKey(OwnershipTags.TAKEN_OVER);
  }

  /** The request that took the provider over; empty if none did, or it can't be read. */
  public Optional<Claim> takenOverBy() {
    return Optional.ofNullable(provider.tags().get(OwnershipTags.TAKEN_OVER))
        .flatMap(value -> Claim.parse(value, readAt));
  }

  /** Whether a request, in this delivery or an earlier one, took the provider over. */
  boolean isTakenOverBy(String requestId) {
    return takenOverBy().filter(by -> by.requestId().equals(requestId)).isPresent();
  }

  /** What the tags of claims say, by the tags' keys. */
  NavigableMap<String, Claim> claimTags() {
    NavigableMap<String, Claim> claims = new TreeMap<>();
    provider
        .tags()
        .forEach(
            (key, value) -> {
              if (Claimant.idOf(key).isPresent()) {
                Claim.parse(value, readAt)
                    .filter(claim -> claim.canHaveKey(key))
                    .ifPresent(claim -> claims.put(key, claim));
              }
            });
    return claims;
  }

  /** The keys of the claims that the function did not write: of somebody unknown. */
  public Set<String> oddClaims() {
    Set<String> odd =
        provider.tags().keySet().stream()
            .filter(key -> key.startsWith(OwnershipTags.CLAIM))
            .collect(Collectors.toCollection(TreeSet::new));
    odd.removeAll(claimTags().keySet());
    return odd;
  }

  /** The last claim of each resource that uses the provider, by the claimant's id. */
  public NavigableMap<String, Claim> claims() {
    NavigableMap<String, Claim> claims = new TreeMap<>();
    claimTags()
        .forEach((key, claim) -> claims.merge(Claimant.idOf(key).get(), claim, Claim::later));
    return claims;
  }

  /** The claims of one resource, by the tags' keys; none if it does not use the provider. */
  NavigableMap<String, Claim> claimsOf(Claimant claimant) {
    NavigableMap<String, Claim> own = claimTags();
    own.keySet().removeIf(key -> !claimant.isKey(key));
    return own;
  }

  /** The latest claim of one resource; empty if the resource does not use the provider. */
  public Optional<Claim> claimOf(Claimant claimant) {
    return claimsOf(claimant).values().stream().reduce(Claim::later);
  }

  /** The claim of one request for a resource. */
  Optional<Claim> claimOf(Claimant claimant, String requestId) {
    return claimsOf(claimant).values().stream()
        .filter(claim -> claim.requestId().equals(requestId))
        .reduce(Claim::later);
  }

  /**
   * The key under which a request writes its claim: its own or, on a provider that is full, that of
   * an earlier claim of the resource, in the place of which there is room for it.
   */
  String keyFor(Claimant claimant, String requestId) {
    NavigableMap<String, Claim> earlier = claimsOf(claimant);
    return provider.freeTags() > 0 || earlier.isEmpty()
        ? claimant.key(requestId)
        : earlier.firstKey();
  }

  /** Whether a resource uses the provider. */
  public boolean hasClaim(Claimant claimant) {
    return claimOf(claimant).isPresent();
  }

  /** Whether nobody uses the provider. */
  public boolean isUnclaimed() {
    return claimTags().isEmpty() && oddClaims().isEmpty();
  }

  /** Whether the provider is managed and nobody uses it: what an interrupted Delete leaves. */
  public boolean isManagedAndUnclaimed() {
    return isManaged() && isUnclaimed();
  }

  /** Who uses the provider besides one resource, for people. */
  public List<String> otherClaimants(Claimant claimant) {
    return Stream.concat(
            claims().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(claimant.id()))
                .map(entry -> entry.getValue().owner()),
            oddClaims().stream().map("the owner of the tag "::concat))
        .toList();
  }

  /** Whether a lease is stored on the provider, with this expiry. */
  public boolean hasLease(Lease lease) {
    return lease.value().equals(provider.tags().get(lease.key()));
  }

  /** The nonces of the leases that have not expired. */
  public Set<String> activeLeases(Instant now) {
    return leases(lease -> !lease.until().isBefore(now));
  }

  /** The nonces of the leases whose holders can't be at work any more. */
  public Set<String> expiredLeases(Instant now) {
    return leases(lease -> lease.until().isBefore(now));
  }

  /** When the last of these leases expires; empty if none of them is stored. */
  public Optional<Instant> expiryOf(Set<String> nonces) {
    return leases()
        .filter(lease -> nonces.contains(lease.nonce()))
        .map(Lease::until)
        .max(Instant::compareTo);
  }

  private Set<String> leases(Predicate<Lease> which) {
    return leases().filter(which).map(Lease::nonce).collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<Lease> leases() {
    return provider.tags().entrySet().stream()
        .flatMap(tag -> Lease.parse(tag.getKey(), tag.getValue(), readAt).stream());
  }
}
