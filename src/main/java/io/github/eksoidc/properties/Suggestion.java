package io.github.eksoidc.properties;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Suggests the known property that an unknown name probably means.
 *
 * <p>A name is near if its letters almost are those of a known one ({@code ClusterNam}), or if it
 * consists of the same words or of synonyms ({@code OidcIssuerUrl}). The synonyms are the names
 * that CloudFormation's native resource, CDK, eksctl, Terraform and public templates use. Where
 * nothing is near, there is no suggestion.
 */
public final class Suggestion {

  /** Longer names are none that somebody misspelt. */
  private static final int MAX_LENGTH = 64;

  /** Words with the same meaning, in the singular. */
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "uri", "url",
          "issuer", "url",
          "audience", "client",
          "aud", "client",
          "fingerprint", "thumbprint",
          "exist", "existing",
          "subject", "sub");

  /** Words that say nothing about which property of these resources is meant. */
  private static final Set<String> FILLERS =
      words(
          "additional allowed aws ca certificate connect default eks extra for iam id if in irsa k8s"
              + " kubernetes list oidc of on open openid resource root second server sha1 sts the"
              + " trusted");

  /** Words that may be missing or too many, because the resource itself implies them. */
  private static final Set<String> IMPLIED = words("arn cluster enable identity name provider");

  /** What else a known property is called. */
  private static final Map<String, List<String>> OTHER_NAMES =
      Map.of(
          "ServiceTimeout", List.of("Timeout"),
          "OnExisting", List.of("Adopt", "AdoptExisting", "Import", "TakeOver", "Overwrite"),
          "ProviderArn", List.of("Url"),
          "ServiceAccounts", List.of("Sub", "Namespace", "NamespaceServiceAccount"));

  /** Names that only as a whole mean a property. */
  private static final Map<String, Set<String>> WHOLE_NAMES =
      Map.of(
          "Trigger",
          words(
              "dummy force forceupdate nonce random refresh revision runid salt timestamp updatetoken"
                  + " version"));

  private static final Set<String> VOCABULARY =
      Stream.of(
              SYNONYMS.keySet(),
              FILLERS,
              IMPLIED,
              words(
                  "account client cluster existing namespace pod region service sub tag thumbprint"
                      + " timeout token trigger url"))
          .flatMap(Collection::stream)
          .collect(Collectors.toUnmodifiableSet());

  private static final Pattern WORD = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+");
  private static final Pattern NO_LETTER = Pattern.compile("[^a-z0-9]");

  private Suggestion() {}

  /** Returns the nearest known name; of equally near ones, the one with the nearest letters. */
  static Optional<String> to(String name, List<String> known) {
    if (name.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Comparator<String> byMeaning = Comparator.comparingInt(one -> cost(name, one));
    return known.stream()
        .filter(one -> cost(name, one) < Integer.MAX_VALUE)
        .min(
            byMeaning
                .thenComparing(one -> one.endsWith("s") != name.endsWith("s"))
                .thenComparingInt(one -> distance(letters(name), letters(one)))
                .thenComparingInt(one -> distance(name, one)));
  }

  /** How far a known name is from another one; the maximum if it is not near. */
  private static int cost(String name, String known) {
    int misspelt = distance(letters(name), letters(known));
    if (misspelt <= Math.max(1, known.length() / 5)
        || WHOLE_NAMES.getOrDefault(known, Set.of()).contains(letters(name))) {
      return misspelt == 0 ? 0 : 1;
    }
    Set<String> meant = meaning(name);
    return Stream.concat(Stream.of(known), OTHER_NAMES.getOrDefault(known, List.of()).stream())
        .mapToInt(one -> difference(meant, meaning(one)))
        .min()
        .orElseThrow();
  }

  /** How many implied words one has and the other has not; the maximum if they mean two things. */
  private static int difference(Set<String> name, Set<String> known) {
    Set<String> same = new HashSet<>(name);
    same.retainAll(known);
    Set<String> different = new HashSet<>(name);
    different.addAll(known);
    different.removeAll(same);
    return same.isEmpty() || !IMPLIED.containsAll(different)
        ? Integer.MAX_VALUE
        : 1 + different.size();
  }

  /** The words of a name, without those that say nothing, each synonym as the same word. */
  private static Set<String> meaning(String name) {
    Set<String> meaning = new TreeSet<>();
    for (String word :
        segments(letters(name))
            .orElseGet(() -> WORD.matcher(name).results().map(match -> match.group()).toList())) {
      String one = singular(word.toLowerCase(Locale.ROOT));
      if (!FILLERS.contains(one)) {
        meaning.add(SYNONYMS.getOrDefault(one, one));
      }
    }
    return meaning;
  }

  /** Divides letters into known words, the longest first; empty if that is not possible. */
  private static Optional<List<String>> segments(String letters) {
    if (letters.isEmpty()) {
      return Optional.of(List.of());
    }
    for (int end = letters.length(); end > 0; end--) {
      String word = letters.substring(0, end);
      if (VOCABULARY.contains(singular(word)) || VOCABULARY.contains(word)) {
        Optional<List<String>> rest = segments(letters.substring(end));
        if (rest.isPresent()) {
          List<String> all = new ArrayList<>(List.of(word));
          all.addAll(rest.get());
          return Optional.of(all);
        }
      }
    }
    return Optional.empty();
  }

  private static String singular(String word) {
    if (word.endsWith("ies")) {
      return word.substring(0, word.length() - 3) + "y";
    }
    return word.length() > 2 && word.endsWith("s") && !VOCABULARY.contains(word)
        ? word.substring(0, word.length() - 1)
        : word;
  }

  private static String letters(String name) {
    return NO_LETTER.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  private static Set<String> words(String words) {
    return Arrays.stream(words.split(" ", -1)).collect(Collectors.toUnmodifiableSet());
  }

  /** How many letters to insert, delete or replace, or to swap with the next one. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        cost[i][j] =
            Math.min(
                cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
