package io.github.eksoidc.provider;

import static java.util.Objects.requireNonNull;

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
 * A provider as IAM shows it at one moment, with what the tags on it say of who uses it.
 *
 * @param created when it was made: another time means another provider of the same ARN
 * @param audiences its client ids
 * @param thumbprints of the issuer's certificate, as stored
 * @param tags all of them, ours included; keys compared without case
 */
public record Provider(
    Instant created,
    List<String> audiences,
    List<String> thumbprints,
    NavigableMap<String, String> tags) {

  public Provider {
    requireNonNull(created, "created is null");
    audiences = List.copyOf(audiences);
    thumbprints = List.copyOf(thumbprints);
    tags = Tags.copyOf(tags);
  }

  /** Whether the function made it, and so may delete it. */
  public boolean isManaged() {
    return "true".equals(tags.get(Tags.MANAGED));
  }

  /** Whether a resource uses it. */
  public boolean hasClaim(Claim claim) {
    return tags.containsKey(Tags.CLAIM + claim.id());
  }

  /** Whether the function made it, and nothing uses it: what a Delete leaves that died. */
  public boolean isOrphan() {
    return isManaged() && under(Tags.CLAIM).isEmpty();
  }

  /** Who else uses it: the owners, by name. */
  public List<String> othersThan(Claim claim) {
    return under(Tags.CLAIM).entrySet().stream()
        .filter(entry -> !entry.getKey().equals(claim.id()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Whether this mark is on it. */
  public boolean hasMark(Mark mark) {
    return mark.value().equals(tags.get(mark.key()));
  }

  /** The nonces of those who are taking something away and may still be at it. */
  public Set<String> liveMarks(Instant now) {
    Set<String> live = new TreeSet<>(under(Tags.DELETING).keySet());
    live.removeAll(deadMarks(now));
    return live;
  }

  /** The nonces of those who meant to take something away, and can't be at it any more. */
  public Set<String> deadMarks(Instant now) {
    Set<String> dead = new TreeSet<>();
    under(Tags.DELETING)
        .forEach(
            (nonce, until) -> {
              if (parse(until).map(end -> end.isBefore(now)).orElse(false)) {
                dead.add(nonce);
              }
            });
    return dead;
  }

  /** When the last of the marks on it will be dead; empty if there is none that says when. */
  public Optional<Instant> deadAfter(Set<String> nonces) {
    return under(Tags.DELETING).entrySet().stream()
        .filter(entry -> nonces.contains(entry.getKey()))
        .flatMap(entry -> parse(entry.getValue()).stream())
        .max(Instant::compareTo);
  }

  /** How many more tags it can hold. */
  public int room() {
    return Tags.MOST - tags.size();
  }

  private NavigableMap<String, String> under(String prefix) {
    NavigableMap<String, String> found = new TreeMap<>();
    tags.forEach(
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
