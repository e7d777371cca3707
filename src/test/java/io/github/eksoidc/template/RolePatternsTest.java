package io.github.eksoidc.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.trust.PolicyEvaluator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * Which OIDC providers the role of the function may change, by IAM's matching rules: in each of the
 * six parts of an ARN, {@code *} matches any characters and {@code ?} matches one, {@code /} and
 * {@code .} included.
 */
class RolePatternsTest {

  private static final int NAMES = TestSize.of(10_000, 50_000);

  private static final String ACCOUNT = "111122223333";
  private static final String ID = "D539D4633E53DE1B71EA0B2C4F6A8C1E";

  /** The role has one pattern for each. */
  private static final List<String> DIRECTIONS =
      List.of(
          "central",
          "east",
          "north",
          "northeast",
          "northwest",
          "south",
          "southeast",
          "southwest",
          "west");

  private static final Template TEMPLATE = Template.read(Path.of("template.yaml"));

  /** Every Region that the AWS SDK knows. */
  static Stream<Region> regions() {
    return Region.regions().stream().filter(region -> !region.isGlobalRegion());
  }

  @ParameterizedTest
  @MethodSource("regions")
  void admitsTheIssuersOfEachRegion(Region region) {
    PartitionMetadata partition = PartitionMetadata.of(region);
    String host = "oidc.eks." + region.id() + "." + partition.dnsSuffix();

    assertThat(admits(partition.id(), host + "/id/" + ID)).isTrue();
    assertThat(Partition.ofRegion(region.id()).map(Partition::id)).contains(partition.id());
  }

  /** Names that differ from those of real Regions, of their own and of other partitions. */
  @Test
  void admitsTheIssuersOfEachRegionThatTheCodeAccepts() {
    Random random = new Random(24);
    List<String> real = regions().map(Region::id).toList();
    List<String> areas =
        List.of("eu", "us", "nz", "zz", "cn", "us-gov", "us-iso", "eu-isoe", "eusc-de", "eusc-zz");
    String letters = "abcdefghijklmnopqrstuvwxyz0123456789-./ENW\u0435";
    int accepted = 0;
    for (int i = 0; i < NAMES; i++) {
      StringBuilder name = new StringBuilder(real.get(random.nextInt(real.size())));
      if (random.nextBoolean()) {
        name =
            new StringBuilder(areas.get(random.nextInt(areas.size())))
                .append('-')
                .append(DIRECTIONS.get(random.nextInt(DIRECTIONS.size())))
                .append('-')
                .append(random.nextInt(12));
      }
      for (int change = random.nextInt(3); change > 0; change--) {
        int at = random.nextInt(name.length());
        char with = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> name.setCharAt(at, with);
          case 1 -> name.insert(at, with);
          default -> name.deleteCharAt(at);
        }
      }
      Optional<Partition> partition = Partition.ofRegion(name.toString());
      if (partition.isPresent()) {
        accepted++;
        assertThat(
                admits(
                    partition.get().id(),
                    partition.get().issuerHost(name.toString()) + "/id/" + ID))
            .as(name.toString())
            .isTrue();
      }
    }
    assertThat(accepted).isBetween(NAMES / 10, NAMES * 8 / 10);
  }

  @Test
  void knowsEveryPartition() {
    assertThat(TEMPLATE.map("Mappings", "Partitions").keySet())
        .containsExactlyInAnyOrderElementsOf(
            regions().map(region -> PartitionMetadata.of(region).id()).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A host of someone else: "*" in the place of the Region would match each.
        "oidc.eks.evil.example.com/x.amazonaws.com/id/",
        "oidc.eks.evil.example.com/eu-west-1.amazonaws.com/id/",
        "oidc.eks.eu-west-1.evil.example.com/id/",
        "oidc.eks.eu-west-1.amazonaws.com.evil.example/id/",
        "oidc.eks.eu-west-1.evil.com/.amazonaws.com/id/",
        "oidc.eks.eu-west-1.amazonaws.com/x/id/",
        "oidc.eks.x.example.com/-west-1.amazonaws.com/id/",
        "evil.example.com/oidc.eks.eu-west-1.amazonaws.com/id/",
        "xoidc.eks.eu-west-1.amazonaws.com/id/",
        // Other services, other partitions, other forms.
        "oidc.eks.eu-west-1.api.aws/id/",
        "oidc-eks.eu-west-1.api.aws/id/",
        "oidc.eks.cn-north-1.amazonaws.com.cn/id/",
        "oidc.eks.us-gov-west-1.amazonaws.com/id/",
        "token.actions.githubusercontent.com/",
        "cognito-identity.amazonaws.com/",
        "oidc.eks.amazonaws.com/id/",
        "oidc.eks.eu-west-1.amazonaws.com/"
      })
  void matchesNoSimilarHost(String beforeId) {
    for (String direction : DIRECTIONS) {
      String provider = beforeId.replace("-west-", "-" + direction + "-") + ID;
      assertThat(admits("aws", provider)).as(provider).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "D539", ID + "0", ID + "/x", "x/" + ID})
  void admitsIdsOf32CharactersOnly(String id) {
    assertThat(admits("aws", "oidc.eks.eu-west-1.amazonaws.com/id/" + id)).isFalse();
  }

  /** As docs/security.md says. A host with these names belongs to AWS or can't exist. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // A Region that does not exist, under AWS's domain.
        "oidc.eks.zz-west-9.amazonaws.com/id/" + ID,
        // A top-level domain of one character.
        "oidc.eks.x/-west-1.amazonaws.com/id/" + ID,
        // A host that ends in a hyphen.
        "oidc.eks.eu-west-/.amazonaws.com/id/" + ID,
        // An id that is not hexadecimal.
        "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
      })
  void admitsMoreThanTheCodeWhereWildcardsCantSayIt(String provider) {
    assertThat(admits("aws", provider)).isTrue();
  }

  @Test
  void admitsProvidersOfItsOwnAccountAndPartitionOnly() {
    String provider = "oidc.eks.eu-west-1.amazonaws.com/id/" + ID;
    List<String> patterns = patterns("aws");
    assertThat(patterns)
        .noneMatch(p -> matches(p, "arn:aws:iam::444455556666:oidc-provider/" + provider))
        .noneMatch(p -> matches(p, "arn:aws-cn:iam::" + ACCOUNT + ":oidc-provider/" + provider))
        .noneMatch(p -> matches(p, "arn:aws:iam::" + ACCOUNT + ":saml-provider/" + provider))
        .noneMatch(p -> matches(p, "arn:aws:iam::" + ACCOUNT + ":role/" + provider));
  }

  @Test
  void theRulesOfThisTestAreIams() {
    assertThat(matches("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b.c")).isTrue();
    assertThat(matches("arn:aws:iam::1:role/?", "arn:aws:iam::1:role//")).isTrue();
    assertThat(matches("arn:aws:iam::1:role/?", "arn:aws:iam::1:role/")).isFalse();
    assertThat(matches("arn:aws:iam::*:role/a", "arn:aws:iam::1:x:role/a")).isFalse();
    assertThat(matches("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/A")).isFalse();
  }

  @Test
  void onlyLambdaInThisAccountMayAssumeTheRole() {
    Map<?, ?> statement =
        (Map<?, ?>)
            ((List<?>)
                    TEMPLATE.at(
                        "Resources", "Role", "Properties", "AssumeRolePolicyDocument", "Statement"))
                .getFirst();
    assertThat(statement.get("Principal")).isEqualTo(Map.of("Service", "lambda.amazonaws.com"));
    assertThat(statement.get("Condition"))
        .isEqualTo(
            Map.of("StringEquals", Map.of("aws:SourceAccount", Map.of("Ref", "AWS::AccountId"))));
  }

  private boolean admits(String partition, String provider) {
    String arn = "arn:" + partition + ":iam::" + ACCOUNT + ":oidc-provider/" + provider;
    return patterns(partition).stream().anyMatch(pattern -> matches(pattern, arn));
  }

  /** The resources of the statement that creates providers, as CloudFormation writes them. */
  private List<String> patterns(String partition) {
    List<String> patterns = new ArrayList<>();
    for (Object policy : (List<?>) TEMPLATE.at("Resources", "Role", "Properties", "Policies")) {
      if (policy instanceof Map<?, ?> map
          && map.get("PolicyDocument") instanceof Map<?, ?> document) {
        for (Object statement : (List<?>) document.get("Statement")) {
          Map<?, ?> members = (Map<?, ?>) statement;
          if (members.get("Action").toString().contains("iam:CreateOpenIDConnectProvider")) {
            ((List<?>) members.get("Resource")).forEach(r -> patterns.add(pattern(r, partition)));
          }
        }
      }
    }
    assertThat(patterns).isNotEmpty();
    return patterns;
  }

  private String pattern(Object resource, String partition) {
    List<?> sub = (List<?>) ((Map<?, ?>) resource).get("Fn::Sub");
    String text = sub.getFirst().toString();
    for (Map.Entry<?, ?> variable : ((Map<?, ?>) sub.get(1)).entrySet()) {
      List<?> path = (List<?>) ((Map<?, ?>) variable.getValue()).get("Fn::FindInMap");
      assertThat(path.get(1)).isEqualTo(Map.of("Ref", "AWS::Partition"));
      Object value =
          TEMPLATE.at("Mappings", path.get(0).toString(), partition, path.get(2).toString());
      text = text.replace("${" + variable.getKey() + "}", value.toString());
    }
    return text.replace("${AWS::Partition}", partition).replace("${AWS::AccountId}", ACCOUNT);
  }

  /** Whether IAM's pattern matches an ARN. No wildcard matches across the first five colons. */
  private static boolean matches(String pattern, String arn) {
    String[] patterns = pattern.split(":", 6);
    String[] parts = arn.split(":", 6);
    for (int i = 0; i < 6; i++) {
      if (!PolicyEvaluator.like(patterns[i], parts[i])) {
        return false;
      }
    }
    return true;
  }
}
