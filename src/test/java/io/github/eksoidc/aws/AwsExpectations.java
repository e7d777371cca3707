package io.github.eksoidc.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.provider.Providers.Modification;
import io.github.eksoidc.provider.TagLimitExceededException;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * What the code that calls IAM and EKS expects of AWS. The tests send real requests to the
 * in-memory AWS and to emulators.
 *
 * <p>{@link #differences()} lists the expectations that an emulator does not meet. Such an
 * expectation must fail, so that the list stays correct. What an emulator does not meet quotes the
 * documentation of AWS, which agrees with the in-memory AWS.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
public abstract class AwsExpectations {

  static final CallInterceptor PLAIN_CALLS =
      new CallInterceptor() {
        @Override
        public <T> T call(String action, Supplier<T> call, Function<T, String> requestId) {
          return call.get();
        }
      };

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String HEX = "990f4193972f2becf12ddeda5237f9c952f20d9e";
  private static final String OTHER_HEX = "0123456789abcdef0123456789abcdef01234567";

  private Providers providers;
  private EksClusters clusters;

  /** The endpoint and the account of an emulator. */
  public record Place(String endpoint, String account) {}

  /** Starts the emulator. */
  protected abstract Place start();

  protected abstract void stop();

  /** Creates a cluster that is ACTIVE. */
  protected abstract void makeCluster(String name);

  /** Returns the names of the expectations that the emulator does not meet. */
  protected Set<String> differences() {
    return Set.of();
  }

  private Place place;

  @BeforeAll
  void startEmulator() {
    place = start();
    System.setProperty("aws.endpointUrl", place.endpoint());
    AwsClients clients = new AwsClients("eu-west-1", false);
    providers = new IamProviders(clients, PLAIN_CALLS);
    clusters = new EksClusters(clients, PLAIN_CALLS);
  }

  @AfterAll
  void stopEmulator() {
    System.clearProperty("aws.endpointUrl");
    stop();
  }

  @TestFactory
  Stream<DynamicTest> meetsTheExpectations() {
    SequencedMap<String, Runnable> all = expectations();
    assertThat(all.keySet()).containsAll(differences());
    return all.entrySet().stream()
        .map(
            one ->
                differences().contains(one.getKey())
                    ? dynamicTest(
                        "differs: " + one.getKey(),
                        () -> assertThatThrownBy(one.getValue()::run).isNotNull())
                    : dynamicTest(one.getKey(), one.getValue()::run));
  }

  private SequencedMap<String, Runnable> expectations() {
    SequencedMap<String, Runnable> all = new LinkedHashMap<>();
    all.put("a new provider is found as it was made", this::found);
    all.put("a second Create says that it exists", this::second);
    all.put("a provider can be made without thumbprints", this::withoutThumbprints);
    all.put("what is not there is not found", this::missing);
    all.put("the list has its ARN", this::listed);
    all.put("tags are added, get other values and go", this::tags);
    all.put("tag keys are compared with case", this::caseOfTags);
    all.put("audiences are added and go", this::audiences);
    all.put("an audience that is there can be added, one that is not can go", this::idempotent);
    all.put("thumbprints are replaced", this::thumbprints);
    all.put("what is not there can't be changed", this::changeMissing);
    all.put("a deleted provider is gone", this::deleted);
    all.put("a second deletion finds it done", this::deletedTwice);
    all.put("a provider holds 50 tags", this::full);
    all.put("a provider holds 100 audiences", this::tooManyAudiences);
    all.put("a cluster that is not there is not found", this::noCluster);
    all.put("a cluster has a status, a version and an issuer", this::cluster);
    return all;
  }

  private void found() {
    Issuer issuer = issuer();
    Instant before = Instant.now().minus(Duration.ofMinutes(1));
    assertThat(providers.create(issuer, desired(List.of("a", "b"), HEX), Map.of("k", "v")))
        .isEqualTo(Creation.DONE);
    Provider provider = providers.find(arn(issuer)).orElseThrow();
    assertThat(provider.audiences()).containsExactlyInAnyOrder("a", "b");
    assertThat(provider.thumbprints()).containsExactly(HEX);
    assertThat(provider.tags()).containsExactly(Map.entry("k", "v"));
    assertThat(provider.created()).isBetween(before, Instant.now().plus(Duration.ofMinutes(1)));
  }

  private void second() {
    ProviderArn arn = made();
    assertThat(
            providers.create(
                new Issuer("https://" + arn.issuer()), desired(List.of("a"), HEX), Map.of()))
        .isEqualTo(Creation.EXISTED);
  }

  private void withoutThumbprints() {
    Issuer issuer = issuer();
    DesiredState none = new DesiredState(List.of("a"), Optional.empty(), new TreeMap<>());
    assertThat(providers.create(issuer, none, Map.of())).isEqualTo(Creation.DONE);
    assertThat(providers.find(arn(issuer))).isPresent();
  }

  private void missing() {
    assertThat(providers.find(arn(issuer()))).isEmpty();
  }

  private void listed() {
    ProviderArn arn = made();
    assertThat(providers.list()).contains(arn);
  }

  /**
   * IAM API Reference, TagOpenIDConnectProvider: "Adds one or more tags to an OpenID Connect
   * (OIDC)-compatible identity provider".
   */
  private void tags() {
    ProviderArn arn = made();
    assertThat(providers.change(arn, new Change.PutTags(Map.of("a/b", "1", "c", "1"))))
        .isEqualTo(Modification.DONE);
    assertThat(providers.change(arn, new Change.PutTags(Map.of("c", "2"))))
        .isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().tags())
        .containsExactly(Map.entry("a/b", "1"), Map.entry("c", "2"));
    assertThat(providers.change(arn, new Change.RemoveTags(Set.of("a/b", "none"))))
        .isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().tags()).containsExactly(Map.entry("c", "2"));
  }

  /**
   * IAM User Guide, "Tagging IAM resources", "Case sensitivity": case-sensitive for OIDC providers,
   * not for users and roles.
   */
  private void caseOfTags() {
    ProviderArn arn = made();
    providers.change(arn, new Change.PutTags(Map.of("Team", "1")));
    providers.change(arn, new Change.PutTags(Map.of("team", "2")));
    assertThat(providers.find(arn).orElseThrow().tags())
        .containsOnly(Map.entry("Team", "1"), Map.entry("team", "2"));
    providers.change(arn, new Change.RemoveTags(Set.of("TEAM", "Team")));
    assertThat(providers.find(arn).orElseThrow().tags()).containsOnly(Map.entry("team", "2"));
  }

  /** IAM API Reference, AddClientIDToOpenIDConnectProvider. */
  private void audiences() {
    ProviderArn arn = made();
    assertThat(providers.change(arn, new Change.AddAudience("b"))).isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().audiences()).containsExactlyInAnyOrder("a", "b");
    assertThat(providers.change(arn, new Change.RemoveAudience("a"))).isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().audiences()).containsExactly("b");
  }

  /** IAM API Reference, of both actions: "idempotent; it does not fail or return an error". */
  private void idempotent() {
    ProviderArn arn = made();
    assertThat(providers.change(arn, new Change.AddAudience("a"))).isEqualTo(Modification.DONE);
    assertThat(providers.change(arn, new Change.RemoveAudience("none")))
        .isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().audiences()).containsExactly("a");
  }

  /**
   * IAM API Reference, UpdateOpenIDConnectProviderThumbprint: "This operation replaces the existing
   * list".
   */
  private void thumbprints() {
    ProviderArn arn = made();
    assertThat(providers.change(arn, new Change.ReplaceThumbprints(List.of(OTHER_HEX))))
        .isEqualTo(Modification.DONE);
    assertThat(providers.find(arn).orElseThrow().thumbprints()).containsExactly(OTHER_HEX);
  }

  /** IAM API Reference, of each action: NoSuchEntity, 404. */
  private void changeMissing() {
    ProviderArn arn = arn(issuer());
    for (Change change :
        List.of(
            new Change.PutTags(Map.of("k", "v")),
            new Change.RemoveTags(Set.of("k")),
            new Change.ReplaceThumbprints(List.of(HEX)))) {
      assertThat(providers.change(arn, change))
          .as("%s", change)
          .isEqualTo(Modification.NO_PROVIDER);
    }
  }

  private void deleted() {
    ProviderArn arn = made();
    assertThat(providers.delete(arn)).isEqualTo(Deletion.DONE);
    assertThat(providers.find(arn)).isEmpty();
    assertThat(providers.list()).doesNotContain(arn);
  }

  /** IAM API Reference: idempotent. MiniStack responds with NoSuchEntity, which is success, too. */
  private void deletedTwice() {
    ProviderArn arn = made();
    assertThat(providers.delete(arn)).isEqualTo(Deletion.DONE);
    assertThat(providers.delete(arn)).isEqualTo(Deletion.DONE);
  }

  /** IAM and STS quotas: "Tags that can be attached to an OIDC provider: 50". */
  private void full() {
    ProviderArn arn = made();
    Map<String, String> many = new TreeMap<>();
    IntStream.range(0, 50).forEach(i -> many.put("k" + i, "v"));
    assertThat(providers.change(arn, new Change.PutTags(many))).isEqualTo(Modification.DONE);
    assertThatThrownBy(() -> providers.change(arn, new Change.PutTags(Map.of("one-more", "v"))))
        .isInstanceOf(TagLimitExceededException.class);
  }

  /** IAM and STS quotas: "Client IDs in an OIDC provider: 100". */
  private void tooManyAudiences() {
    List<String> many = IntStream.range(0, 101).mapToObj(i -> "a" + i).toList();
    assertThatThrownBy(() -> providers.create(issuer(), desired(many, HEX), Map.of()))
        .isInstanceOf(RequestFailedException.class);
  }

  private void noCluster() {
    assertThat(clusters.find("none", "eu-west-1")).isEmpty();
  }

  private void cluster() {
    makeCluster("edge");
    var cluster = clusters.find("edge", "eu-west-1").orElseThrow();
    assertThat(cluster.status()).isIn("ACTIVE", "CREATING");
    assertThat(cluster.version()).matches("1\\.[0-9]+");
    assertThat(cluster.issuer()).isPresent();
  }

  private ProviderArn made() {
    Issuer issuer = issuer();
    providers.create(issuer, desired(List.of("a"), HEX), Map.of());
    return arn(issuer);
  }

  private static DesiredState desired(List<String> audiences, String thumbprint) {
    return new DesiredState(audiences, Optional.of(List.of(thumbprint)), new TreeMap<>());
  }

  private static Issuer issuer() {
    return new Issuer(
        "https://oidc.eks.eu-west-1.amazonaws.com/id/%032X".formatted(COUNT.incrementAndGet()));
  }

  private ProviderArn arn(Issuer issuer) {
    return ProviderArn.of(new FunctionLocation("aws", "eu-west-1", place.account()), issuer);
  }
}
