package io.github.eksoidc.provider;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * What has to change for a provider to be as asked. Pure: nothing is done here.
 *
 * @param changes in the order in which to make them
 * @param isDestructive whether one of them removes or overwrites something
 */
public record Difference(List<Change> changes, boolean isDestructive) {

  /** How many thumbprints a provider can hold (IAM and STS quotas). */
  public static final int MAX_THUMBPRINTS = 5;

  public Difference {
    changes = List.copyOf(changes);
  }

  /**
   * The changes of a provider that belongs to this resource alone: it becomes exactly what is
   * asked. Tags that somebody else put on it stay; what the template asked for before and no longer
   * does, goes.
   *
   * @param oldTags the tags that the template asked for before
   */
  public static Difference ofExclusive(
      Provider is, DesiredState desired, Map<String, String> oldTags) {
    List<Change> changes = new ArrayList<>();
    boolean isDestructive = false;

    List<Change> added = missingAudiences(is, desired);
    List<Change> removedAudiences = new ArrayList<>();
    for (String audience : is.audiences()) {
      if (!desired.audiences().contains(audience)) {
        removedAudiences.add(new Change.RemoveAudience(audience));
        isDestructive = true;
      }
    }
    // Added first, so that there is always one; unless there is no room for it before.
    boolean roomFirst = is.audiences().size() + added.size() > Audiences.MAX_COUNT;
    changes.addAll(roomFirst ? removedAudiences : added);
    changes.addAll(roomFirst ? added : removedAudiences);

    if (desired.thumbprints().isPresent()
        && !Set.copyOf(lower(is.thumbprints())).equals(Set.copyOf(desired.thumbprints().get()))) {
      changes.add(new Change.ReplaceThumbprints(desired.thumbprints().get()));
      isDestructive |= !is.thumbprints().isEmpty();
    }
    NavigableMap<String, String> put = ProviderTags.none();
    for (var tag : desired.tags().entrySet()) {
      String value = is.tags().get(tag.getKey());
      if (!tag.getValue().equals(value)) {
        put.put(tag.getKey(), tag.getValue());
        isDestructive |= value != null;
      }
    }
    Set<String> removed = new LinkedHashSet<>();
    for (String key : oldTags.keySet()) {
      if (is.tags().containsKey(key) && !desired.tags().containsKey(key) && !isUntouchable(key)) {
        removed.add(key);
        isDestructive = true;
      }
    }
    // Removed first: a provider that is full of tags has no room for a new one before.
    if (!removed.isEmpty()) {
      changes.add(new Change.RemoveTags(removed));
    }
    if (!put.isEmpty()) {
      changes.add(new Change.PutTags(put));
    }
    return new Difference(changes, isDestructive);
  }

  /** The changes of a provider that others use as well, or that we did not make: only additions. */
  public static Difference ofShared(Provider is, DesiredState desired) {
    List<Change> changes = new ArrayList<>(missingAudiences(is, desired));
    List<String> thumbprints = union(is, desired);
    if (thumbprints.size() > is.thumbprints().size()) {
      changes.add(new Change.ReplaceThumbprints(thumbprints));
    }
    NavigableMap<String, String> put = missingTags(is, desired);
    if (!put.isEmpty()) {
      changes.add(new Change.PutTags(put));
    }
    return new Difference(changes, false);
  }

  private static List<Change> missingAudiences(Provider is, DesiredState desired) {
    List<Change> added = new ArrayList<>();
    for (String audience : desired.audiences()) {
      if (!is.audiences().contains(audience)) {
        added.add(new Change.AddAudience(audience));
      }
    }
    return added;
  }

  /** The tags that are asked for, and of which the provider has none of that key. */
  public static NavigableMap<String, String> missingTags(Provider is, DesiredState desired) {
    NavigableMap<String, String> missing = ProviderTags.copyOf(desired.tags());
    missing.keySet().removeAll(is.tags().keySet());
    return missing;
  }

  /** The provider's thumbprints, and after them those that are asked for and not yet there. */
  public static List<String> union(Provider is, DesiredState desired) {
    Set<String> all = new LinkedHashSet<>(lower(is.thumbprints()));
    desired.thumbprints().ifPresent(all::addAll);
    return List.copyOf(all);
  }

  /** Whether nothing has to change. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  private static boolean isUntouchable(String key) {
    return ProviderTags.isReserved(key) || ProviderTags.isAwsOwn(key);
  }

  private static List<String> lower(List<String> thumbprints) {
    return thumbprints.stream().map(t -> t.toLowerCase(Locale.ROOT)).toList();
  }
}
