package io.github.eksoidc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys begin, or seem to begin, with a reserved prefix. */
class ReservedPrefixTest {

  /** For each letter, those that case or compatibility makes the same. */
  private static final Map<Character, List<String>> SAME = new HashMap<>();

  /** From Unicode's table of confusable characters. */
  private static final Map<Character, String> LOOK_ALIKE =
      Map.ofEntries(
          Map.entry('a', "\u0430\u0410\u0251\u03b1\u0391"),
          Map.entry('c', "\u0441\u0421\u03f2\u1d04"),
          Map.entry('d', "\u0501\u13e7"),
          Map.entry('e', "\u0435\u0415\u0395\u04bd"),
          Map.entry('h', "\u04bb\u041d\u0570"),
          Map.entry('i', "\u0456\u0406\u0131\u0130\u03b9\u0399\u04cf"),
          Map.entry('k', "\u043a\u041a\u03ba\u212a"),
          Map.entry('l', "\u04c0\u01c0I1\u0627"),
          Map.entry('o', "\u043e\u041e\u03bf\u039f\u0585\u0665\u06d50"),
          Map.entry('p', "\u0440\u0420\u03c1\u03a1"),
          Map.entry('r', "\u0433\u1d26"),
          Map.entry('s', "\u0455\u0405\u017f\ua731"),
          Map.entry('t', "\u0442\u0422\u03c4\u03a4"),
          Map.entry('v', "\u0475\u0474\u03bd\u1d20"),
          Map.entry('w', "\u051d\u0461\u1d21\u13b3"));

  @BeforeAll
  static void findLettersThatFoldToOne() {
    for (int c = 0x80; c < 0x2_0000; c++) {
      String text = Character.toString(c);
      if (Character.isLetterOrDigit(c) && ProviderTags.isStorable(text)) {
        String folded = Normalizer.normalize(text, Form.NFKC).toUpperCase(java.util.Locale.ROOT);
        String letter = Normalizer.normalize(folded, Form.NFKC).toLowerCase(java.util.Locale.ROOT);
        if (letter.length() == 1 && letter.charAt(0) < 0x80) {
          SAME.computeIfAbsent(letter.charAt(0), _ -> new ArrayList<>()).add(text);
        }
      }
    }
    assertThat(SAME.get('s')).contains("\u017f", "\uff53", "\uff33");
    assertThat(SAME.get('k')).contains("\u212a");
    assertThat(SAME.get('i')).contains("\u0131");
  }

  /** Keys made from the prefix, each letter of it perhaps in another form. */
  @ParameterizedTest
  @EnumSource
  void aPrefixInOtherLettersIsReserved(ReservedPrefix prefix) {
    Random random = new Random(24);
    for (int i = 0; i < TestSize.of(4_000, 20_000); i++) {
      StringBuilder key = new StringBuilder();
      for (char c : prefix.text().toCharArray()) {
        String others = LOOK_ALIKE.getOrDefault(c, "");
        List<String> same = SAME.getOrDefault(c, List.of());
        switch (random.nextInt(6)) {
          case 0 -> key.append(Character.toUpperCase(c));
          case 1 -> key.append(same.isEmpty() ? "" + c : same.get(random.nextInt(same.size())));
          case 2 ->
              key.append(others.isEmpty() ? c : others.charAt(random.nextInt(others.length())));
          case 3 -> key.append(Normalizer.normalize(c + "\u0301", Form.NFC).charAt(0));
          default -> key.append(c);
        }
        if (random.nextInt(30) == 0) {
          key.append(random.nextBoolean() ? "\u3164" : " ");
        }
      }
      String suffix = List.of("", "managed", "cluster-name", "\u0436").get(random.nextInt(4));
      assertThat(ReservedPrefix.of(key + suffix)).as("%s", key).contains(prefix);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "aws",
        "aws-cdk:id",
        "awsome:x",
        "eks-oidc-provider",
        "eks-oidc-providers/x",
        "my-eks-oidc-provider/managed",
        "eks-oidc/provider",
        "alpha.eksctl.io",
        "alpha1.eksctl.io/x",
        "eksctl.io/cluster-name",
        "eksctl.cluster.k8s.io/v1alpha1/cluster-name",
        "kubernetes.io/cluster/main",
        "Team",
        "\u00e9quipe:web",
        "\u0438\u043c\u044f:\u0442\u0435\u0441\u0442",
        "\u74b0\u5883\u540d:\u958b\u767a",
        "\u30c1\u30fc\u30e0/\u958b\u767a"
      })
  void otherKeysAreNot(String key) {
    assertThat(ReservedPrefix.of(key)).isEmpty();
  }

  @Test
  void theReaderTakesTheExactKeyOnly() {
    assertThat(ProviderTags.isReserved("eks-oidc-provider/managed")).isTrue();
    assertThat(ProviderTags.isReserved("EKS-oidc-provider/managed")).isFalse();
    assertThat(ProviderTags.isReserved("ek\u017f-oidc-provider/managed")).isFalse();
  }
}
