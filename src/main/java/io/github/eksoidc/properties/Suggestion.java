package io.github.eksoidc.properties;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggests the known name that is most similar to an unknown one. */
public final class Suggestion {

  /** Bounds the time for a very long name, of which only this many characters are compared. */
  private static final int MAX_COMPARED_LENGTH = 64;

  private Suggestion() {}

  /** Returns the known name at the smallest edit distance; case decides only between equals. */
  static String to(String name, List<String> known) {
    String prefix =
        name.length() > MAX_COMPARED_LENGTH ? name.substring(0, MAX_COMPARED_LENGTH) : name;
    return known.stream()
        .min(
            Comparator.comparingInt(
                    (String candidate) ->
                        distance(
                            prefix.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT)))
                .thenComparingInt(candidate -> distance(prefix, candidate)))
        .orElseThrow();
  }

  /** Returns the Levenshtein distance: how many letters to insert, delete or substitute. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
