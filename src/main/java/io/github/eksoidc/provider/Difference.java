package io.github.eksoidc.provider;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/**
 * The changes that bring a provider to its desired state. Computed only: nothing is changed here.
 *
 * @param changes in the order in which to make them
 * @param isDestructive whether one of them removes or overwrites something
 */
public record Difference(List<Change> changes, boolean isDestructive) {

  /** How many thumbprints a provider can have (IAM and STS quotas). */
  public static final int MAX_THUMBPRINTS = 5;

  public Difference {
    changes = List.copyOf(changes);
  }

  /**
   * The changes for a provider that only this resource uses: it becomes exactly what is desired.
   * Tags that the template never named stay.
   *
   * <p>A read may be from before the request that was before this one. So what differs between the
   * two desired states is changed in any case; each change may be repeated without harm.
   *
   * @param old the desired state of the request before; empty if there was none
   */
  public static Difference exact(Provider is, DesiredState desired, Optional<DesiredState> old) {
    List<Change> added = addedAudiences(is, desired, old);
    List<Change> removed = removedAudiences(is, desired, old);
    List<Change> changes = new ArrayList<>();
    // Added first, so that there is always one; unless there is no room for it before.
    boolean roomFirst = is.audiences().size() + added.size() > Audiences.MAX_COUNT;
    changes.addAll(roomFirst ? removed : added);
    changes.addAll(roomFirst ? added : removed);
    boolean destructive = !removed.isEmpty();

    if (desired.thumbprints().isPresent()
        && (!sameThumbprints(is.thumbprints(), desired)
            || old.filter(o -> !sameThumbprints(o.thumbprints().orElse(List.of()), desired))
                .isPresent())) {
      changes.add(new Change.ReplaceThumbprints(desired.thumbprints().get()));
      destructive |= !is.thumbprints().isEmpty();
    }

    NavigableMap<String, String> put = ProviderTags.none();
    desired
        .tags()
        .forEach(
            (key, value) -> {
              if (!value.equals(is.tags().get(key)) || differs(old, key, value)) {
                put.put(key, value);
              }
            });
    destructive |= put.keySet().stream().anyMatch(is.tags()::containsKey);
    Set<String> removedTags = new LinkedHashSet<>();
    old.ifPresent(o -> removedTags.addAll(o.tags().keySet()));
    removedTags.removeIf(
        key -> desired.tags().containsKey(key) || ReservedPrefix.of(key).isPresent());
    // Removed first: a provider that is full of tags has no room for a new one before.
    if (!removedTags.isEmpty()) {
      changes.add(new Change.RemoveTags(removedTags));
      destructive = true;
    }
    if (!put.isEmpty()) {
      changes.add(new Change.PutTags(put));
    }
    return new Difference(changes, destructive);
  }

  /**
   * The changes for a provider that others use as well, or that the function does not manage: only
   * additions.
   *
   * @param old the desired state of the request before; empty if there was none
   */
  public static Difference additive(Provider is, DesiredState desired, Optional<DesiredState> old) {
    List<Change> changes = new ArrayList<>(addedAudiences(is, desired, old));
    List<String> thumbprints = union(is, desired);
    // IAM can only replace all of them, and so those that somebody adds at the same time.
    boolean replaces = thumbprints.size() > is.thumbprints().size();
    if (replaces) {
      changes.add(new Change.ReplaceThumbprints(thumbprints));
    }
    NavigableMap<String, String> put = missingTags(is, desired);
    if (!put.isEmpty()) {
      changes.add(new Change.PutTags(put));
    }
    return new Difference(changes, replaces);
  }

  private static List<Change> addedAudiences(
      Provider is, DesiredState desired, Optional<DesiredState> old) {
    List<Change> added = new ArrayList<>();
    for (String audience : desired.audiences()) {
      if (!is.audiences().contains(audience)
          || old.filter(o -> !o.audiences().contains(audience)).isPresent()) {
        added.add(new Change.AddAudience(audience));
      }
    }
    return added;
  }

  private static List<Change> removedAudiences(
      Provider is, DesiredState desired, Optional<DesiredState> old) {
    Set<String> removed = new LinkedHashSet<>(is.audiences());
    old.ifPresent(o -> removed.addAll(o.audiences()));
    desired.audiences().forEach(removed::remove);
    return removed.stream().<Change>map(Change.RemoveAudience::new).toList();
  }

  private static boolean sameThumbprints(List<String> thumbprints, DesiredState desired) {
    return Set.copyOf(lower(thumbprints)).equals(Set.copyOf(desired.thumbprints().orElseThrow()));
  }

  private static boolean differs(Optional<DesiredState> old, String key, String value) {
    return old.filter(o -> !value.equals(o.tags().get(key))).isPresent();
  }

  /** The tags that are desired, and of which the provider has none of that key. */
  public static NavigableMap<String, String> missingTags(Provider is, DesiredState desired) {
    NavigableMap<String, String> missing = ProviderTags.copyOf(desired.tags());
    missing.keySet().removeAll(is.tags().keySet());
    return missing;
  }

  /** The provider's thumbprints, and after them those that are desired and missing. */
  public static List<String> union(Provider is, DesiredState desired) {
    Set<String> all = new LinkedHashSet<>(lower(is.thumbprints()));
    desired.thumbprints().ifPresent(all::addAll);
    return List.copyOf(all);
  }

  private static List<String> lower(List<String> thumbprints) {
    return thumbprints.stream().map(t -> t.toLowerCase(Locale.ROOT)).toList();
  }
}
