package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is decided from what is known: the tables of {@link Hold}, {@link Release} and {@link
 * Settle}. Each row is a state, the next move, and the reason.
 *
 * <p>A state is a list of words:
 *
 * <ul>
 *   <li>{@code unread}: nothing is known; {@code none}: the read shows no provider;
 *   <li>{@code certain}: the read began when reads could not lag any more;
 *   <li>{@code had-lease}: this request wrote its lease before the read;
 *   <li>{@code wrote-claim}, {@code wrote-lease}, {@code withdrew}: this request has written its
 *       claim or lease, or has removed its lease, since the read;
 *   <li>{@code saw-claim}: an earlier read has shown the claim of this request;
 *   <li>{@code in-doubt}: IAM did not respond to a deletion, and a read has come after it;
 *   <li>every other word is a tag that the read shows, see {@link #tag}, or fills the provider.
 * </ul>
 */
class GoalTest {

  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final String NONCE = "8888888888888888";
  static final Claimant CLAIMANT = new Claimant("c".repeat(32), "mine/P");
  static final ProviderArn ARN =
      ProviderArn.parse(
              "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/"
                  + "A".repeat(32))
          .orElseThrow();
  static final SentRequest REQUEST = new SentRequest("r1", NOW.minusMillis(500));
  private static final Lease OWN_LEASE = new Lease(NONCE, NOW.plusSeconds(179));

  /** The key and the value of a word. */
  static Map.Entry<String, String> tag(String word) {
    String other = OwnershipTags.CLAIM + "d".repeat(32);
    return switch (word) {
      case "managed" -> Map.entry(OwnershipTags.MANAGED, "true");
      case "taken-over" -> Map.entry(OwnershipTags.TAKEN_OVER, value("other/P", "Create", "r7"));
      case "took-over" ->
          Map.entry(OwnershipTags.TAKEN_OVER, value("mine/P", "Create", "r1") + " no-stack");
      // By a stack of the same name in another Region
      case "took-elsewhere" ->
          Map.entry(OwnershipTags.TAKEN_OVER, value("mine/P", "Create", "r1") + " us-east-1");
      // The claim of this request, and of an earlier one of the resource
      case "own" -> Map.entry(CLAIMANT.key("r1"), value("mine/P", "Create", "r1"));
      case "earlier" ->
          Map.entry(CLAIMANT.key("r0"), value("mine/P", "Create", "r0") + " eu-west-1/main");
      case "later" ->
          Map.entry(
              CLAIMANT.key("r2"), value("mine/P", "Update", "r2").replace("03:04:04", "03:04:05"));
      case "other" -> Map.entry(other + "/r0", value("other/P", "Create", "r0"));
      // Somebody edited the value of the first; nobody knows what the second is.
      case "edited" -> Map.entry(CLAIMANT.key("r9"), "mine/P");
      case "odd" -> Map.entry(OwnershipTags.CLAIM + "x", "");
      case "lease" -> Map.entry(OwnershipTags.LEASE + NONCE, OWN_LEASE.value());
      case "spent-lease" -> Map.entry(OwnershipTags.LEASE + NONCE, NOW.plusSeconds(30).toString());
      case "lesser-lease" ->
          Map.entry(OwnershipTags.LEASE + "0".repeat(16), NOW.plusSeconds(9).toString());
      case "greater-lease" ->
          Map.entry(OwnershipTags.LEASE + "f".repeat(16), NOW.plusSeconds(9).toString());
      case "expired-lease" ->
          Map.entry(OwnershipTags.LEASE + "0".repeat(16), NOW.minusSeconds(1).toString());
      case "endless-lease" ->
          Map.entry(OwnershipTags.LEASE + "0".repeat(16), "9999-12-31T23:59:59Z");
      case "env" -> Map.entry("env", "prod");
      default -> throw new IllegalArgumentException(word);
    };
  }

  private static String value(String owner, String origin, String requestId) {
    return "%s %s %s 2026-01-02T03:04:04Z".formatted(owner, origin, requestId);
  }

  private static final Set<String> EVENTS =
      Set.of(
          "unread",
          "none",
          "certain",
          "wrote-claim",
          "wrote-lease",
          "withdrew",
          "saw-claim",
          "in-doubt",
          "full",
          "had-lease");

  static Observation seen(String state) {
    List<String> words = Arrays.asList(state.trim().split(" +"));
    Observation seen =
        Observation.ofNothing(CLAIMANT, "r1", NONCE)
            .looking(NOW.minusSeconds(19), Duration.ofSeconds(20));
    if (words.contains("unread")) {
      return seen;
    }
    NavigableMap<String, String> tags = ProviderTags.none();
    words.stream()
        .filter(word -> !EVENTS.contains(word))
        .forEach(word -> tags.put(tag(word).getKey(), tag(word).getValue()));
    for (int i = 0; words.contains("full") && tags.size() < ProviderTags.MAX_COUNT; i++) {
      tags.put("filler-" + i, "");
    }
    if (words.contains("saw-claim")) {
      NavigableMap<String, String> before = ProviderTags.copyOf(tags);
      before.put(tag("own").getKey(), tag("own").getValue());
      seen = seen.read(Optional.of(provider(before)), NOW.minusSeconds(10));
    }
    if (words.contains("lease") || words.contains("had-lease")) {
      seen = seen.sending(OWN_LEASE.put()).wrote(OWN_LEASE.put(), NOW.minusSeconds(5));
    }
    if (words.contains("spent-lease")) {
      Change put = new Change.PutTags(Map.ofEntries(tag("spent-lease")));
      seen = seen.sending(put).wrote(put, NOW.minusSeconds(5));
    }
    if (words.contains("in-doubt")) {
      seen = seen.deletionInDoubt(NOW.minusSeconds(5));
    }
    Instant at = words.contains("certain") ? NOW.plusSeconds(60) : NOW.minusSeconds(1);
    seen = seen.read(words.contains("none") ? Optional.empty() : Optional.of(provider(tags)), at);
    if (words.contains("wrote-claim")) {
      Change put = new Change.PutTags(Map.of(tag("own").getKey(), tag("own").getValue()));
      seen = seen.sending(put).wrote(put, NOW);
    }
    if (words.contains("wrote-lease")) {
      seen = seen.sending(OWN_LEASE.put()).wrote(OWN_LEASE.put(), NOW);
    }
    if (words.contains("withdrew")) {
      seen = seen.wrote(new Change.RemoveTags(Set.of(OWN_LEASE.key())), NOW);
    }
    return seen;
  }

  private static Provider provider(NavigableMap<String, String> tags) {
    return new Provider(NOW.minusSeconds(3600), List.of("a"), List.of(), tags);
  }

  static Hold hold(Origin origin, boolean renews, OnExisting onExisting, String... audiences) {
    return new Hold(
        ARN,
        CLAIMANT,
        REQUEST,
        new Wanted(
            Issuer.ofName(ARN.issuer()),
            Optional.of("eu-west-1/main"),
            new DesiredState(List.of(audiences), Optional.empty(), ProviderTags.none()),
            Optional.empty(),
            onExisting),
        origin,
        renews);
  }

  /** The next move, in words. */
  static String next(Goal goal, Observation seen) {
    try {
      return switch (goal.next(seen, NOW)) {
        case Move.Look _ -> "look";
        case Move.Wait(Set<String> leases) -> "wait for " + leases.size();
        case Move.Create _ -> "create";
        case Move.Write(Change change) -> describe(change);
        case Move.Delete _ -> "delete";
        case Move.Finish(_, List<Change> changes) ->
            changes.stream()
                .map(GoalTest::describe)
                .collect(Collectors.joining(", ", "finish ", ""))
                .trim();
      };
    } catch (RequestFailedException e) {
      return "fail: " + e.getMessage().replaceFirst(" ?arn:\\S+", "").trim();
    }
  }

  private static String describe(Change change) {
    return switch (change) {
      case Change.PutTags(Map<String, String> tags) -> "put " + names(tags.keySet());
      case Change.RemoveTags(Set<String> keys) -> "remove " + names(keys);
      case Change.AddAudience(String audience) -> "add " + audience;
      case Change.RemoveAudience(String audience) -> "drop " + audience;
      case Change.ReplaceThumbprints _ -> "thumbprints";
    };
  }

  private static String names(Set<String> keys) {
    return new TreeSet<>(keys)
        .stream()
            .map(
                key ->
                    key.equals(CLAIMANT.key("r1"))
                        ? "own"
                        : key.startsWith(CLAIMANT.key())
                            ? "earlier"
                            : key.equals(OWN_LEASE.key())
                                ? "lease"
                                : key.substring(key.indexOf('/') + 1).replaceAll("/0{16}", ""))
            .collect(Collectors.joining("+"));
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # A Create, or an Update to another provider
          unread                        | look                       | nothing is known
          none                          | create                     | the first call: IAM will say if there is one
          managed other                 | put own                    | joins the others
          managed other lesser-lease    | put own                    | before it waits, so that the other sees it
          managed other wrote-claim     | look                       | only a read that shows the claim shows who holds a lease
          managed other own             | finish                     | the claim of another delivery: leases from before it are shown as well
          managed other own certain     | finish                     | shown, and nobody holds a lease
          managed own certain lesser-lease  | wait for 1             | somebody may be deleting the provider
          managed own certain greater-lease | wait for 1             | likewise: the nonce decides between leases only
          managed own certain expired-lease | finish remove deleting | its holder can't be at work any more
          managed own certain endless-lease | finish                 | no request writes such a lease
          managed own certain odd           | finish                 | shared with somebody unknown
          managed earlier               | put own                    | a retry has a claim of its own
          managed edited                | put own                    | the edited claim is somebody else's
          managed later                 | fail: CloudFormation has canceled this request: a later one of this resource has claimed or released | this one must not undo what that has done
          managed own later             | fail: CloudFormation has canceled this request: a later one of this resource has claimed or released | likewise
          own certain                   | finish                     | adopted: unmanaged providers are shared
          none saw-claim certain        | create                     | deleted by hand, or by a request that did not see the claim
          managed saw-claim             | look                       | the read may lag
          managed saw-claim certain     | fail: The claim of this resource on was removed while the request was running. CloudFormation may have canceled the request and deleted the resource. | a Delete has canceled this request
          managed earlier full          | put earlier                | no room but in the place of the resource's own claim
          other full                    | fail: has 50 of the 50 tags that IAM allows, and this resource needs 1 more, 1 of them to record that it uses the provider. 1 other resources use it: other/P. Import its ARN from one of their stacks instead of declaring the provider again. | no room
          """)
  void create(String state, String move, String reason) {
    assertThat(next(hold(Origin.CREATE, true, OnExisting.ADOPT, "a"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none                       | create | there is none to reject
          managed other lesser-lease | wait for 1 | the provider may be about to go
          managed other              | fail: already exists, used by other/P, and OnExisting is Fail. Set OnExisting to Adopt to share the provider. | the template says so
          managed odd                | fail: already exists, used by the owner of the tag eks-oidc-provider/claim/x, and OnExisting is Fail. Set OnExisting to Adopt to share the provider. | somebody unknown uses it
          env                        | fail: already exists, and OnExisting is Fail. Set OnExisting to Adopt to share the provider. | the template says so
          managed own certain        | finish | the same request has created it
          managed earlier            | put own | an earlier request of the resource has created it
          """)
  void createThatRejectsAnExistingProvider(String state, String move, String reason) {
    assertThat(next(hold(Origin.CREATE, true, OnExisting.FAIL, "a"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          other own certain            | finish put own+managed+taken-over | last, so that a failed request leaves the provider unmanaged
          managed own certain          | finish | managed already
          other                        | put own | the claim first
          """)
  void createThatTakesOver(String state, String move, String reason) {
    assertThat(next(hold(Origin.CREATE, true, OnExisting.TAKE_OVER, "a"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # An Update of the resource's own provider that changes nothing
          managed earlier              | finish | two calls, and no write
          managed earlier lesser-lease | finish | the holder of the lease sees the claim
          managed earlier odd          | finish | odd claims are somebody else's
          managed own certain          | finish | from another delivery of this request
          managed other                | put own | the claim is not shown: stored again, and then looked for
          managed edited               | put own | the resource has no claim of the form that it writes
          none                         | create | somebody deleted the provider
          managed earlier later        | fail: CloudFormation has canceled this request: a later one of this resource has claimed or released | delivered again after another Update
          """)
  void unchangedUpdate(String state, String move, String reason) {
    assertThat(next(hold(Origin.RENEWAL, false, OnExisting.ADOPT, "a"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # An Update of the resource's own provider that changes an audience: a becomes b
          managed earlier                      | put lease     | something is removed under a lease only
          managed earlier wrote-lease          | look          | only a read that shows the lease shows other claims
          managed earlier lease                | finish add b, drop a, remove lease | the only claim, and the only lease
          managed earlier lease lesser-lease   | remove lease  | the other goes first
          managed earlier lease greater-lease  | wait for 1    | this one goes first, when the other has seen it
          managed earlier lease lesser-lease withdrew | wait for 1 | until the other is done
          managed earlier lesser-lease         | wait for 1    | before a lease is stored
          managed earlier spent-lease          | put lease     | too little time is left for a call
          managed earlier full                 | look          | no room for a lease: something may not have to go
          managed earlier full certain         | put lease     | it has to go, and IAM says that there is no room
          managed earlier endless-lease        | put lease     | no request writes such a lease
          managed earlier other                | finish add b  | shared: only additions, without a lease
          managed earlier odd                  | finish add b  | shared with somebody unknown
          managed earlier lease other          | finish add b, remove lease | somebody has joined meanwhile
          earlier                              | finish add b  | unmanaged: only additions
          """)
  void changingUpdate(String state, String move, String reason) {
    assertThat(next(hold(Origin.RENEWAL, false, OnExisting.ADOPT, "b"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # A rollback in place, which tells the canceled Update about itself
          managed earlier                           | put own | the canceled Update looks for a later claim
          managed earlier wrote-claim               | finish  | the earlier claim holds the provider meanwhile
          managed earlier wrote-claim lesser-lease  | finish  | the holder of the lease sees the earlier claim
          managed wrote-claim                       | look    | there was no earlier claim
          managed own certain lesser-lease          | wait for 1 | likewise
          """)
  void renewingUpdate(String state, String move, String reason) {
    assertThat(next(hold(Origin.RENEWAL, true, OnExisting.ADOPT, "a"), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # A Delete
          unread                        | look   | nothing is known
          none                          | look   | the read may lag
          none certain                  | finish | gone already
          managed other                 | look   | the read may lag
          managed other certain         | finish | no claim of the resource
          env certain                   | finish | not managed, and no claim of the resource
          managed edited certain        | finish | the edited claim is somebody else's
          managed earlier other         | remove earlier | others use it
          managed earlier odd           | remove earlier | somebody unknown uses it
          managed earlier edited        | remove earlier | the edited claim is of somebody unknown
          earlier                       | remove earlier | not managed
          earlier own                   | remove earlier+own | both are of the resource
          managed earlier               | put lease | the last claim: deleted, under a lease
          managed earlier wrote-lease   | look | only a read that shows the lease shows who claims
          managed earlier lease         | delete | the only lease, and no other claim
          managed earlier lease other   | remove earlier+lease | somebody has joined meanwhile
          managed earlier lease odd     | remove earlier+lease | somebody unknown has joined
          managed earlier lease lesser-lease  | remove lease | the other goes first
          managed earlier lease greater-lease | wait for 1 | this one goes first, when the other has seen it
          managed earlier endless-lease | put lease | no request writes such a lease
          managed earlier spent-lease   | put lease | too little time is left for the call
          managed                       | put lease | what a Delete leaves that died
          managed earlier full          | remove earlier | the claim's own place is free for the lease
          managed earlier lease in-doubt | look      | the deletion may be carried out at any time
          managed earlier lease in-doubt certain | put lease | a new lease: the deletion may still be carried out
          none had-lease in-doubt certain | finish | the lease is gone with the provider
          managed other had-lease in-doubt certain | finish put lease | the provider was created again: the lease ends with the deletion
          """)
  void delete(String state, String move, String reason) {
    assertThat(next(new Release(ARN, CLAIMANT, Leftover.all()), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # What a failed request undoes, or its Delete
          managed earlier certain         | finish | not of that request
          managed own                     | put lease | created by that request, and used by nobody else
          managed own earlier             | remove own | an earlier request of the resource has achieved something
          managed own later               | remove own | and so has a later one
          managed own took-over           | remove own+managed+taken-over | unmanaged again, and not deleted
          managed own took-over other     | remove own+managed+taken-over | likewise
          managed own taken-over          | put lease | another request has taken it over
          managed took-over               | remove managed+taken-over | its claim has been removed already
          managed own took-elsewhere      | put lease | a stack of the same name in another Region has taken it over
          managed other took-elsewhere certain | finish | likewise
          own                             | remove own+managed+taken-over | adopted: it may be taken over at this moment
          """)
  void undo(String state, String move, String reason) {
    assertThat(next(new Release(ARN, CLAIMANT, Leftover.of("r1")), seen(state)))
        .as(reason)
        .isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          managed earlier             | finish | not the claim of this request
          managed own                 | finish | one claim
          managed own earlier         | finish remove earlier | of a request that was over when this one was sent
          managed own later           | finish | a later request goes on
          managed own other odd       | finish | others' claims are theirs
          """)
  void settle(String state, String move, String reason) {
    assertThat(next(new Settle(CLAIMANT, REQUEST), seen(state))).as(reason).isEqualTo(move);
  }

  @ParameterizedTest(name = "{0}: {1} ({2})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # A rollback that leads to a new provider, at the one that it leaves
          unread                      | look        | nothing is known
          none                        | finish      | gone
          managed other               | finish      | the resource has no claim there
          managed earlier             | put own     | the canceled Update looks for it
          managed earlier own         | finish      | from another delivery
          managed earlier full        | put earlier | no room but in the place of the resource's own claim
          """)
  void renew(String state, String move, String reason) {
    assertThat(next(new Renew(CLAIMANT, REQUEST), seen(state))).as(reason).isEqualTo(move);
  }
}
