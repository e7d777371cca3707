package io.github.eksoidc.resource;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the known name that a mistyped one was probably meant to be. */
public final class Suggestion {

  /** Longer names are compared by their beginning only: nobody mistypes a name of this length. */
  private static final int COMPARED = 64;

  private Suggestion() {}

  /** The known name with the fewest letters to change; case counts for little. */
  static String to(String name, List<String> known) {
    String cut = name.length() > COMPARED ? name.substring(0, COMPARED) : name;
    return known.stream()
        .min(
            Comparator.comparingInt(
                    (String candidate) ->
                        distance(cut.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT)))
                .thenComparingInt(candidate -> distance(cut, candidate)))
        .orElseThrow();
  }

  /** Levenshtein's distance: how many letters to add, drop or replace. */
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
