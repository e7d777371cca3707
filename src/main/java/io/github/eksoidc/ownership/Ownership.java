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

  /** Whether the function made it, and so may delete it. */
  public boolean isManaged() {
    return "true".equals(provider.tags().get(ProviderTags.MANAGED));
  }

  /** Whether a resource uses it. */
  public boolean hasClaim(Claim claim) {
    return provider.tags().containsKey(ProviderTags.CLAIM + claim.id());
  }

  /** Whether the function made it, and nothing uses it: what a Delete leaves that died. */
  public boolean isAbandoned() {
    return isManaged() && under(ProviderTags.CLAIM).isEmpty();
  }

  /** Who else uses it: the owners, by name. */
  public List<String> otherClaimants(Claim claim) {
    return under(ProviderTags.CLAIM).entrySet().stream()
        .filter(entry -> !entry.getKey().equals(claim.id()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Whether this mark is on it. */
  public boolean hasLease(Lease lease) {
    return lease.value().equals(provider.tags().get(lease.key()));
  }

  /** The nonces of those who are taking something away and may still be at it. */
  public Set<String> activeLeases(Instant now) {
    Set<String> live = new TreeSet<>(under(ProviderTags.DELETING).keySet());
    live.removeAll(expiredLeases(now));
    return live;
  }

  /** The nonces of those who meant to take something away, and can't be at it any more. */
  public Set<String> expiredLeases(Instant now) {
    Set<String> dead = new TreeSet<>();
    under(ProviderTags.DELETING)
        .forEach(
            (nonce, until) -> {
              if (parse(until).map(end -> end.isBefore(now)).orElse(false)) {
                dead.add(nonce);
              }
            });
    return dead;
  }

  /** When the last of the marks on it will be dead; empty if there is none that says when. */
  public Optional<Instant> expiryOf(Set<String> nonces) {
    return under(ProviderTags.DELETING).entrySet().stream()
        .filter(entry -> nonces.contains(entry.getKey()))
        .flatMap(entry -> parse(entry.getValue()).stream())
        .max(Instant::compareTo);
  }

  private NavigableMap<String, String> under(String prefix) {
    NavigableMap<String, String> found = new TreeMap<>();
    provider
        .tags()
        .forEach(
            (key, value) -> {
              if (key.regionMatches(true, 0, prefix, 0, prefix.length())) {
                found.put(key.substring(prefix.length()), value);
              }
            });
    return found;
  }

  private static Optional<Instant> parse(String until) {
    try {
      return Optional.of(Instant.parse(until));
    } catch (DateTimeParseException e) {
      // Not written by us, so nobody can say that it is dead.
      return Optional.empty();
    }
  }
}
