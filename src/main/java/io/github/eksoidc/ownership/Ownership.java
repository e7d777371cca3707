package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderTags;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the tags on a provider say about who uses it and who may delete it.
 *
 * @param provider as IAM shows it at one moment
 */
public record Ownership(Provider provider) {

  public Ownership {
    requireNonNull(provider, "provider is null");
  }

  /** Reads the tags of a provider. */
  public static Ownership of(Provider provider) {
    return new Ownership(provider);
  }

  /** Whether the function created the provider or took it over, and so may delete it. */
  public boolean isManaged() {
    return "true".equals(provider.tags().get(OwnershipTags.MANAGED));
  }

  /** The request that took the provider over; empty if none did. */
  public Optional<ClaimRecord> takenOverBy() {
    return Optional.ofNullable(provider.tags().get(OwnershipTags.TAKEN_OVER))
        .map(ClaimRecord::parse);
  }

  /** Whether a request, in this delivery or an earlier one, took the provider over. */
  boolean isTakenOverBy(String requestId) {
    return takenOverBy().filter(by -> by.requestId().equals(requestId)).isPresent();
  }

  /** What the tags of claims say, by the tags' keys. */
  NavigableMap<String, ClaimRecord> claimTags() {
    NavigableMap<String, ClaimRecord> claims = new TreeMap<>();
    under(OwnershipTags.CLAIM)
        .forEach((id, value) -> claims.put(OwnershipTags.CLAIM + id, ClaimRecord.parse(value)));
    return claims;
  }

  /** The resources that use the provider, by the ids of their claims, each with its latest. */
  public NavigableMap<String, ClaimRecord> claims() {
    NavigableMap<String, ClaimRecord> claims = new TreeMap<>();
    claimTags().forEach((key, record) -> claims.merge(Claim.idOf(key), record, ClaimRecord::later));
    return claims;
  }

  /** The claims of one resource, by the tags' keys; none if it does not use the provider. */
  NavigableMap<String, ClaimRecord> claimsOf(Claim claim) {
    NavigableMap<String, ClaimRecord> own = claimTags();
    own.keySet().removeIf(key -> !claim.isKey(key));
    return own;
  }

  /** The latest claim of one resource; empty if the resource does not use the provider. */
  public Optional<ClaimRecord> claimOf(Claim claim) {
    return claimsOf(claim).values().stream().reduce(ClaimRecord::later);
  }

  /** The claim of one request for a resource. */
  Optional<ClaimRecord> claimOf(Claim claim, String requestId) {
    return claimsOf(claim).values().stream()
        .filter(record -> record.requestId().equals(requestId))
        .reduce(ClaimRecord::later);
  }

  /** Whether a resource uses the provider. */
  public boolean hasClaim(Claim claim) {
    return claimOf(claim).isPresent();
  }

  /** Whether the provider is managed and nobody uses it: what an interrupted Delete leaves. */
  public boolean isAbandoned() {
    return isManaged() && claims().isEmpty();
  }

  /** The owners of all claims but one, for people. */
  public List<String> otherClaimants(Claim claim) {
    return claims().entrySet().stream()
        .filter(entry -> !entry.getKey().equals(claim.id()))
        .map(entry -> entry.getValue().owner())
        .toList();
  }

  /** Whether a lease is stored on the provider, with this expiry. */
  public boolean hasLease(Lease lease) {
    return lease.value().equals(provider.tags().get(lease.key()));
  }

  /** The nonces of the leases that have not expired. */
  public Set<String> activeLeases(Instant now) {
    Set<String> active = new TreeSet<>(under(OwnershipTags.LEASE).keySet());
    active.removeAll(expiredLeases(now));
    return active;
  }

  /** The nonces of the leases whose holders can't be at work any more. */
  public Set<String> expiredLeases(Instant now) {
    return under(OwnershipTags.LEASE).entrySet().stream()
        .filter(lease -> parse(lease.getValue()).filter(end -> end.isBefore(now)).isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** When the last of these leases expires; empty if none of them says when. */
  public Optional<Instant> expiryOf(Set<String> nonces) {
    return under(OwnershipTags.LEASE).entrySet().stream()
        .filter(lease -> nonces.contains(lease.getKey()))
        .flatMap(lease -> parse(lease.getValue()).stream())
        .max(Instant::compareTo);
  }

  private NavigableMap<String, String> under(String prefix) {
    NavigableMap<String, String> found = ProviderTags.none();
    provider
        .tags()
        .forEach(
            (key, value) -> {
              if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
              }
            });
    return found;
  }

  private static Optional<Instant> parse(String until) {
    try {
      return Optional.of(Instant.parse(until));
    } catch (DateTimeParseException e) {
      // The function did not write it, so nobody knows when it expires.
      return Optional.empty();
    }
  }
}
