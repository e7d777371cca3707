package io.github.eksoidc.ownership;

import static io.github.eksoidc.ownership.GoalTest.ARN;
import static io.github.eksoidc.ownership.GoalTest.CLAIMANT;
import static io.github.eksoidc.ownership.GoalTest.NONCE;
import static io.github.eksoidc.ownership.GoalTest.NOW;
import static io.github.eksoidc.ownership.GoalTest.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.ownership.Claim.Origin;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * No decision breaks a rule by itself, whatever has been observed: random sequences of events, with
 * tags that the function writes, tags that it can't have written, and everything in between.
 */
class DecisionPropertyTest {

  private static final int SEQUENCES = TestSize.of(2_000, 20_000);

  /** What others may have stored, and what an earlier delivery of this request may have. */
  private static final List<String> WORDS =
      List.of(
          "managed",
          "taken-over",
          "took-over",
          "own",
          "earlier",
          "later",
          "other",
          "edited",
          "odd",
          "lesser-lease",
          "greater-lease",
          "expired-lease",
          "endless-lease",
          "env");

  private final Map<String, Integer> moves = new TreeMap<>();

  @Test
  void noDecisionBreaksARule() {
    SplittableRandom random = new SplittableRandom(20260102);
    for (int i = 0; i < SEQUENCES; i++) {
      Goal goal = goal(random);
      Observation seen = Observation.ofNothing(CLAIMANT, "r1", NONCE);
      if (random.nextInt(4) == 0) {
        seen = seen.foundNone();
      }
      seen = seen.looking(NOW, Duration.ofSeconds(20));
      Instant now = NOW;
      for (int step = random.nextInt(8); step >= 0; step--) {
        now = now.plusMillis(random.nextInt(random.nextBoolean() ? 100 : 30_000));
        seen = event(random, goal, seen, now);
        check(goal, seen, now);
      }
    }
    // Each kind of move has been checked often.
    assertThat(moves.keySet()).contains("Create", "Delete", "Finish", "Look", "Wait", "Write");
    assertThat(moves.values()).allMatch(count -> count > 20);
  }

  private static Goal goal(SplittableRandom random) {
    return switch (random.nextInt(7)) {
      case 0 -> new Release(ARN, CLAIMANT, Leftover.all());
      case 1 -> new Release(ARN, CLAIMANT, Leftover.of("r1"));
      case 2 -> new Release(ARN, CLAIMANT, Leftover.ofRunningCreate(NOW));
      case 3 -> new Settle(CLAIMANT, REQUEST);
      case 4 -> new Renew(CLAIMANT, REQUEST);
      default ->
          GoalTest.hold(
              any(random, Origin.values()),
              random.nextBoolean(),
              any(random, OnExisting.values()),
              random.nextBoolean() ? "a" : "b");
    };
  }

  private static <T> T any(SplittableRandom random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }

  /** Makes the move that the goal decides on, or something else happens. */
  private static Observation event(
      SplittableRandom random, Goal goal, Observation seen, Instant now) {
    if (random.nextBoolean()) {
      try {
        switch (goal.next(seen, now)) {
          case Move.Write(Change change) -> {
            return seen.sending(change).wrote(change, now);
          }
          case Move.Delete _ -> {
            return random.nextBoolean() ? seen.foundNone() : seen.deletionInDoubt(now);
          }
          case Move.Create _ -> {
            return seen.creating()
                .foundOne(
                    random.nextBoolean() ? Providers.Creation.EXISTED : Providers.Creation.UNKNOWN,
                    seen);
          }
          default -> {}
        }
      } catch (RequestFailedException _) {
        // The request ends; another one may see the same.
      }
    }
    if (random.nextInt(6) == 0) {
      return seen.read(Optional.empty(), now);
    }
    NavigableMap<String, String> tags = ProviderTags.none();
    int rarity = random.nextInt(2, 12);
    for (String word : WORDS) {
      if (random.nextInt(word.equals("managed") ? 2 : rarity) == 0) {
        tags.put(GoalTest.tag(word).getKey(), GoalTest.tag(word).getValue());
      }
    }
    Lease own = seen.ownLease().lease();
    if (seen.ownLease().mayBeStored() && random.nextInt(5) > 0) {
      tags.put(own.key(), own.value());
    }
    while (random.nextInt(5) == 0 && tags.size() < ProviderTags.MAX_COUNT) {
      tags.put("filler-" + tags.size(), "");
    }
    Instant created = NOW.minusSeconds(random.nextBoolean() ? 3600 : 5);
    List<String> audiences = random.nextBoolean() ? List.of("a") : List.of("a", "b");
    return seen.read(Optional.of(new Provider(created, audiences, List.of(), tags)), now);
  }

  private void check(Goal goal, Observation seen, Instant now) {
    Move move;
    try {
      move = goal.next(seen, now);
    } catch (RequestFailedException _) {
      return;
    }
    moves.merge(move.getClass().getSimpleName(), 1, Integer::sum);
    // A decision depends on its arguments only.
    assertThat(goal.next(seen, now)).isEqualTo(move);
    switch (move) {
      case Move.Delete _ -> checkDelete(goal, seen, now);
      case Move.Wait(Set<String> leases) -> checkWait(seen, leases, now);
      case Move.Create(_, _, Map<String, String> tags) -> {
        assertThat(seen.provider()).isEmpty();
        assertThat(tags.get(OwnershipTags.MANAGED)).isEqualTo("true");
        checkOwnTags(goal, seen, new Change.PutTags(tags));
      }
      case Move.Write(Change change) -> checkOwnTags(goal, seen, change);
      case Move.Finish(_, List<Change> changes) -> {
        List<Change> removing = new ArrayList<>();
        for (Change change : changes) {
          checkOwnTags(goal, seen, change);
          if (change instanceof Change.RemoveAudience) {
            removing.add(change);
          }
        }
        if (!removing.isEmpty()) {
          checkExclusive(seen, now);
        }
      }
      case Move.Look _ -> {}
    }
  }

  /** Managed, without another claim in sight, and under the only lease, which a read has shown. */
  private static void checkDelete(Goal goal, Observation seen, Instant now) {
    assertThat(goal).isInstanceOf(Release.class);
    checkExclusive(seen, now);
    Ownership is = seen.provider().orElseThrow();
    assertThat(is.claimTags().entrySet())
        .allMatch(
            tag ->
                CLAIMANT.isKey(tag.getKey())
                    && ((Release) goal).leftover().claims().test(tag.getValue()));
  }

  private static void checkExclusive(Observation seen, Instant now) {
    Ownership is = seen.provider().orElseThrow();
    assertThat(is.isManaged()).isTrue();
    assertThat(is.oddClaims()).isEmpty();
    assertThat(is.claims().keySet()).isSubsetOf(CLAIMANT.id());
    assertThat(seen.isCertain()).isTrue();
    assertThat(is.hasLease(seen.ownLease().lease())).isTrue();
    assertThat(is.activeLeases(now)).containsExactly(NONCE);
  }

  /** Only for what passes by itself: leases of others that end in three minutes at the latest. */
  private static void checkWait(Observation seen, Set<String> leases, Instant now) {
    assertThat(leases).isNotEmpty().doesNotContain(NONCE);
    Instant until = seen.provider().orElseThrow().expiryOf(leases).orElseThrow();
    assertThat(until).isBetween(now, now.plus(Lease.DURATION).plus(TagTime.MAX_CLOCK_SKEW));
  }

  /** Writes and removes nothing of another request, and takes over only by the template's word. */
  private static void checkOwnTags(Goal goal, Observation seen, Change change) {
    Ownership is = seen.provider().orElse(null);
    switch (change) {
      case Change.PutTags(Map<String, String> tags) ->
          tags.forEach(
              (key, value) -> {
                if (key.startsWith(OwnershipTags.CLAIM)) {
                  assertThat(CLAIMANT.isKey(key)).isTrue();
                  if (is != null && value.equals(is.provider().tags().get(key))) {
                    return; // Put again as it is, with the managed tag.
                  }
                  Claim claim = Claim.parse(value, Instant.MAX.minusSeconds(999)).get();
                  assertThat(claim.requestId()).isEqualTo("r1");
                  // Under the key of an earlier request only where there is no other place.
                  assertThat(key.equals(CLAIMANT.key("r1")) || is.provider().freeTags() == 0)
                      .isTrue();
                } else if (key.startsWith(OwnershipTags.LEASE)) {
                  assertThat(key).isEqualTo(OwnershipTags.LEASE + NONCE);
                } else if (key.equals(OwnershipTags.MANAGED) && is != null) {
                  assertThat(((Hold) goal).wanted().onExisting()).isEqualTo(OnExisting.TAKE_OVER);
                }
              });
      case Change.RemoveTags(Set<String> keys) -> {
        Set<String> others = new TreeSet<>(keys);
        others.remove(OwnershipTags.LEASE + NONCE);
        others.removeIf(
            key ->
                is.expiredLeases(NOW.plusSeconds(300)).contains(key.substring(key.length() - 16)));
        if (goal instanceof Release release) {
          others.removeIf(
              key ->
                  CLAIMANT.isKey(key) && release.leftover().claims().test(is.claimTags().get(key)));
          if (release.leftover().undoesTakeover(is, CLAIMANT, ARN)
              || (release.leftover().isUndo() && !is.isManaged())) {
            others.removeAll(Set.of(OwnershipTags.MANAGED, OwnershipTags.TAKEN_OVER));
          }
        }
        if (goal instanceof Settle) {
          others.removeIf(key -> CLAIMANT.isKey(key) && !key.equals(CLAIMANT.key("r1")));
        }
        assertThat(others).isEmpty();
      }
      case Change.AddAudience _, Change.RemoveAudience _, Change.ReplaceThumbprints _ -> {}
    }
  }
}
