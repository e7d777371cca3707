package io.github.eksoidc.simulation;

import io.github.eksoidc.audit.Stack;
import io.github.eksoidc.audit.StackResource;
import io.github.eksoidc.inmemory.InMemoryIam.Entry;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.PhysicalIds;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resourcetype.EksOidcProvider;
import io.github.eksoidc.resourcetype.IncompleteCreate;
import io.github.eksoidc.simulation.LifecycleRunner.Cancel;
import io.github.eksoidc.simulation.LifecycleRunner.ClusterState;
import io.github.eksoidc.simulation.LifecycleRunner.Ended;
import io.github.eksoidc.simulation.LifecycleRunner.Outcome;
import io.github.eksoidc.simulation.LifecycleRunner.RuleBrokenException;
import io.github.eksoidc.simulation.LifecycleRunner.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A model of CloudFormation: which requests it sends for a stack's operation, and what the rules of
 * this package demand after each write and response, and at rest.
 */
final class SimulatedCloudFormation implements LifecycleRunner.Observer {

  private static final String MADE_UP_ID = "stack-P-1ABCDEFGHIJK";

  /**
   * A resource of a stack, as CloudFormation knows it.
   *
   * @param missing whether somebody removed its provider since
   * @param canceled the Update that the last rollback has canceled
   */
  private record Known(
      String physicalId,
      Map<String, Object> properties,
      boolean missing,
      Optional<Canceled> canceled) {

    Known(String physicalId, Map<String, Object> properties) {
      this(physicalId, properties, false, Optional.empty());
    }

    Known asMissing() {
      return new Known(physicalId, properties, true, canceled);
    }

    Known after(Canceled update) {
      return new Known(physicalId, properties, missing, Optional.of(update));
    }
  }

  /**
   * An Update that was canceled while it ran.
   *
   * @param since when its rollback began
   */
  private record Canceled(String requestId, Instant since) {}

  /**
   * A call that failed for good.
   *
   * @param arn of the provider it was for; empty if it was for none, or for all
   * @param afterClaim whether the request had stored its claim there before
   */
  private record FailedCall(Step step, Optional<String> arn, boolean afterClaim) {}

  /** A claim that a response of SUCCESS has promised, until the Delete for it. */
  private record Held(String claim, String arn) {}

  /** An odd tag that somebody has written. */
  private record Planted(String arn, String key) {}

  private final LifecycleRunner life;
  private final Map<LogicalResource, Known> known = new LinkedHashMap<>();

  /** Resources whose Create failed and that the stack keeps. */
  private final Map<LogicalResource, Known> failed = new LinkedHashMap<>();

  /** Deletes of failed Creates, which CloudFormation sends at a later time. */
  private final Map<LogicalResource, List<Known>> cleanups = new LinkedHashMap<>();

  private final Set<Held> held = new HashSet<>();

  /** The providers that somebody else created and nobody took over. */
  private final Map<String, Entry> foreign = new HashMap<>();

  /** Claims that are left, by a limit of the protocol that is known. */
  private final Set<Held> mayRemain = new HashSet<>();

  private final Set<String> canceledUpdates = new HashSet<>();

  /** The RequestIds of a resource's Updates since the account was at rest. */
  private final Map<LogicalResource, Set<String>> updates = new HashMap<>();

  /** Where a request has stored its claim, by its RequestId. */
  private final Map<String, Set<String>> storedAt = new HashMap<>();

  /** When a request took something away from a provider last, by its RequestId. */
  private final Map<String, Map<String, Instant>> tookAwayAt = new HashMap<>();

  /** The calls of a request that failed for good, by its RequestId. */
  private final Map<String, List<FailedCall>> failedCalls = new HashMap<>();

  /** When each request was sent, by its RequestId. */
  private final Map<String, Instant> sentAt = new HashMap<>();

  /** The providers of the clusters that there had been when a request was sent. */
  private final Map<String, Set<String>> clustersWhenSent = new HashMap<>();

  /** When somebody wrote an odd tag. */
  private final Map<Planted, Instant> planted = new HashMap<>();

  /** Resources whose stack is gone without a Delete. */
  private final Set<LogicalResource> gone = new HashSet<>();

  /** Claims that somebody has removed, by the provider. */
  private final Map<String, Map<String, String>> stripped = new HashMap<>();

  private final IdentityHashMap<Request, String> requestIds = new IdentityHashMap<>();

  SimulatedCloudFormation(LifecycleRunner life) {
    this.life = life;
    life.observer = this;
  }

  boolean has(LogicalResource resource) {
    return known.containsKey(resource) || failed.containsKey(resource);
  }

  boolean isStable(LogicalResource resource) {
    return known.containsKey(resource);
  }

  boolean isFailed(LogicalResource resource) {
    return failed.containsKey(resource);
  }

  Set<LogicalResource> all() {
    Set<LogicalResource> all = new HashSet<>(known.keySet());
    all.addAll(failed.keySet());
    return all;
  }

  Map<String, Object> properties(LogicalResource resource) {
    return known.get(resource).properties();
  }

  static boolean cancelsCreate(Request request) {
    return request instanceof Request.Delete delete && delete.physicalId().equals(MADE_UP_ID);
  }

  // What others do to the account.

  /** Somebody else creates a provider. */
  void foreignProvider(String cluster) {
    int generation = life.generation(cluster);
    String arn = SimulatedAccount.arn(cluster, generation);
    if (!life.iam.all().containsKey(arn)) {
      life.iam.iam.create(
          SimulatedAccount.issuer(cluster, generation).url(),
          List.of("theirs"),
          List.of("c".repeat(40)),
          Map.of("owner", "somebody", "team", "theirs"));
      life.iam.recordWrite();
      foreign.put(arn, life.iam.all().get(arn));
    }
  }

  /** Somebody removes a provider, whoever created it. */
  void removeByHand(String cluster) {
    String arn = SimulatedAccount.arn(cluster, life.generation(cluster));
    if (life.iam.all().containsKey(arn)) {
      life.iam.iam.delete(arn);
      life.iam.recordWrite();
      foreign.remove(arn);
      held.removeIf(h -> h.arn().equals(arn));
      known.replaceAll((_, k) -> k.physicalId().equals(arn) ? k.asMissing() : k);
    }
  }

  // What CloudFormation sends.

  /**
   * Creates the resource.
   *
   * @param keep whether the stack keeps a failed resource, instead of deleting it
   */
  Sent create(LogicalResource resource, Map<String, Object> properties, boolean keep) {
    var request = new Request.Create(resource, properties);
    return new Sent(
        request,
        false,
        ended ->
            switch (ended.outcome()) {
              case Outcome.Succeeded(String id) -> {
                succeeded(resource, id, properties);
                if (ended.redelivered()) {
                  // Known limit: the first delivery has stored a claim and died, and the cluster
                  // was created again before the last one.
                  mayRemain(resource, ended, id);
                }
                yield List.of();
              }
              case Outcome.Failed(String id, String reason) -> {
                checkReason(ended, reason, properties, Optional.empty());
                if (ended.redelivered()) {
                  // Known limit: one delivery has stored a claim, and died or was not the first to
                  // respond, and the other fails before it knows the provider, or knows another.
                  mayRemain(
                      resource,
                      ended,
                      IncompleteCreate.parse(id).map(IncompleteCreate::resource).orElse(""));
                }
                if (keep) {
                  failed.put(resource, new Known(id, properties));
                  yield List.of();
                }
                yield List.of(delete(resource, id, properties, false));
              }
              case Outcome.NoResponse _ -> {
                // Known limit: the Delete comes too late to tell its claim from a later one.
                mayRemain(resource, ended, "");
                if (keep) {
                  failed.put(resource, new Known(MADE_UP_ID, properties));
                }
                yield List.of(delete(resource, MADE_UP_ID, properties, true));
              }
            });
  }

  /** A Create that is canceled while it runs. */
  List<Sent> canceledCreate(LogicalResource resource, Map<String, Object> properties) {
    return List.of(
        // Known limit: it is not delivered again after its Delete.
        new Sent(new Request.Create(resource, properties), true, _ -> List.of()),
        delete(resource, MADE_UP_ID, properties, false));
  }

  /** When the cleanup of a failed Create comes. */
  enum Cleanup {
    BEFORE,
    BESIDE,
    AFTER,
    LATER
  }

  /** Retries a failed Create that the stack has kept. */
  List<Sent> retryCreate(
      LogicalResource resource, Map<String, Object> properties, Cleanup cleanup) {
    Known before = failed.remove(resource);
    Sent create = create(resource, properties, true);
    Sent delete = cleanUp(resource, before);
    return switch (cleanup) {
      case BEFORE -> List.of(followed(delete, create));
      case BESIDE -> List.of(create, delete);
      case AFTER -> List.of(followed(create, delete));
      case LATER -> {
        cleanUpLater(resource, before);
        yield List.of(create);
      }
    };
  }

  private static Sent followed(Sent first, Sent second) {
    return new Sent(
        first.request(),
        first.calm(),
        ended -> {
          List<Sent> next = new ArrayList<>(first.then().apply(ended));
          next.add(second);
          return next;
        });
  }

  private void cleanUpLater(LogicalResource resource, Known before) {
    cleanups.computeIfAbsent(resource, _ -> new ArrayList<>()).add(before);
  }

  private Sent cleanUp(LogicalResource resource, Known before) {
    return deleteOf(resource, before.physicalId(), before.properties(), false, false);
  }

  /** The cleanups of a resource that are still to come. */
  List<Sent> cleanUps(LogicalResource resource) {
    List<Known> due = cleanups.remove(resource);
    return due == null ? List.of() : due.stream().map(k -> cleanUp(resource, k)).toList();
  }

  Set<LogicalResource> withCleanups() {
    return new HashSet<>(cleanups.keySet());
  }

  /** Updates a resource whose Create failed and that the stack has kept. */
  Sent updateFailed(LogicalResource resource, Map<String, Object> properties, Cleanup cleanup) {
    Known before = failed.get(resource);
    return new Sent(
        new Request.Update(resource, before.physicalId(), properties, before.properties()),
        false,
        ended ->
            switch (ended.outcome()) {
              case Outcome.Succeeded(String id) -> {
                failed.remove(resource);
                succeeded(resource, id, properties);
                if (cleanup == Cleanup.LATER) {
                  cleanUpLater(resource, before);
                  yield List.of();
                }
                yield List.of(cleanUp(resource, before));
              }
              case Outcome.Failed(String id, String reason) -> {
                checkFailedId(id, before.physicalId(), reason);
                checkReason(ended, reason, properties, Optional.empty());
                if (failedCalls(ended).size() > 1) {
                  // Known limit: the Update could not undo what it did.
                  mayRemain(resource, ended, "");
                }
                yield List.of();
              }
              case Outcome.NoResponse _ -> List.of(updateFailed(resource, properties, cleanup));
            });
  }

  /**
   * Updates the resource; rolls back if that fails.
   *
   * @param othersFail whether another resource of the stack fails, which rolls this one back
   */
  Sent update(LogicalResource resource, Map<String, Object> properties, boolean othersFail) {
    return update(resource, properties, othersFail, Optional.empty());
  }

  /** Updates the resource, and rolls back after some steps, while the Update runs. */
  Sent canceledUpdate(LogicalResource resource, Map<String, Object> properties, int afterSteps) {
    return update(resource, properties, false, Optional.of(afterSteps));
  }

  private Sent update(
      LogicalResource resource,
      Map<String, Object> properties,
      boolean othersFail,
      Optional<Integer> cancelAfter) {
    Known before = known.get(resource);
    var request =
        new Request.Update(resource, before.physicalId(), properties, before.properties());
    return new Sent(
        request,
        false,
        cancelAfter.map(
            steps ->
                new Cancel(
                    steps,
                    () -> {
                      String requestId = requestIds.get(request);
                      canceledUpdates.add(requestId);
                      Canceled canceled = new Canceled(requestId, life.now());
                      known.put(resource, before.after(canceled));
                      return rollBack(
                          resource,
                          before,
                          before.physicalId(),
                          properties,
                          false,
                          Optional.of(canceled));
                    })),
        ended ->
            switch (ended.outcome()) {
              case Outcome.Succeeded(String id) -> {
                succeeded(resource, id, properties);
                yield othersFail
                    ? List.of(rollBack(resource, before, id, properties, false, Optional.empty()))
                    : cleanUpOld(resource, before.physicalId(), id, before.properties());
              }
              case Outcome.Failed(String id, String reason) -> {
                checkFailedId(id, before.physicalId(), reason);
                checkReason(ended, reason, properties, Optional.of(before));
                yield List.of(rollBack(resource, before, id, properties, false, Optional.empty()));
              }
              case Outcome.NoResponse _ ->
                  List.of(
                      rollBack(
                          resource,
                          before,
                          before.physicalId(),
                          properties,
                          true,
                          Optional.empty()));
            });
  }

  private Sent rollBack(
      LogicalResource resource,
      Known before,
      String id,
      Map<String, Object> undone,
      boolean calm,
      Optional<Canceled> canceled) {
    return new Sent(
        new Request.Update(resource, id, before.properties(), undone),
        calm,
        ended ->
            switch (ended.outcome()) {
              case Outcome.Succeeded(String back) -> {
                var now = new Known(back, before.properties(), false, canceled);
                succeeded(resource, now);
                mayRemainAtOther(resource, ended, back);
                List<Sent> next = new ArrayList<>(cleanUpOld(resource, id, back, undone));
                if (canceled.isPresent() && !back.equals(before.physicalId())) {
                  // Known limit: the cluster was created again while the rollback ran, so nothing
                  // at the old provider tells the Update that it was canceled.
                  mayRemain(resource, canceled.get().requestId(), back);
                  if (isTakeOver(undone)) {
                    foreign.remove(back);
                  }
                }
                if (!back.equals(before.physicalId()) && !id.equals(before.physicalId())) {
                  // The cluster was created again meanwhile, so this is a third provider.
                  next.addAll(cleanUpOld(resource, before.physicalId(), back, undone));
                }
                yield next;
              }
              case Outcome.Failed(String same, String reason) -> {
                checkFailedId(same, id, reason);
                // Known limit: the cluster was created again meanwhile, and the canceled Update has
                // renewed its claim after the rollback was sent.
                boolean mistaken =
                    canceled.isPresent()
                        && reason.contains("a later request of this resource uses")
                        && isOfNewCluster(before);
                if (mistaken && !ended.healthy()) {
                  mayRemain(resource, ended, ""); // A call of its undo may have failed.
                }
                if (!ended.healthy() || mistaken) {
                  yield List.of(rollBack(resource, before, id, undone, true, canceled));
                }
                // The cluster may have been created again; its new provider may be taken.
                boolean taken =
                    "Fail".equals(before.properties().get("OnExisting"))
                        && reason.contains("already exists")
                        && !reason.startsWith(before.physicalId() + " ");
                if (!taken
                    && !before.missing()
                    && isHeld(resource, before.physicalId())
                    && life.iam.all().containsKey(before.physicalId())) {
                  throw new RuleBrokenException(
                      "rule 8: a rollback to %s failed: %s".formatted(before.physicalId(), reason));
                }
                // The provider that it goes back to is gone.
                if (!id.equals(before.physicalId())) {
                  known.put(resource, new Known(id, undone));
                  cleanUpLater(resource, before);
                } else {
                  known.put(resource, new Known(id, before.properties()).asMissing());
                }
                yield List.of();
              }
              case Outcome.NoResponse _ ->
                  List.of(rollBack(resource, before, id, undone, true, canceled));
            });
  }

  /** Whether the cluster of a resource is another one than its provider is for. */
  private boolean isOfNewCluster(Known of) {
    return of.properties().get("ClusterName") instanceof String name
        && !of.physicalId().equals(SimulatedAccount.arn(name, life.generation(name)));
  }

  /** After an Update that responded with another id. */
  private List<Sent> cleanUpOld(
      LogicalResource resource, String old, String id, Map<String, Object> oldProperties) {
    return old.equals(id)
        ? List.of()
        : List.of(deleteOf(resource, old, oldProperties, false, false));
  }

  /** Removes the resource from its stack. */
  Sent delete(LogicalResource resource) {
    Known before = known.containsKey(resource) ? known.get(resource) : failed.get(resource);
    return delete(resource, before.physicalId(), before.properties(), false);
  }

  /** The stack is gone without a Delete, and a person releases its claim. */
  Sent release(LogicalResource resource) {
    gone.add(resource);
    return release(resource, known.get(resource).physicalId(), false);
  }

  private boolean isRefusedForOther(Ended ended, String arn) {
    return ended.outcome() instanceof Outcome.Failed(_, String reason)
        && reason.contains("because a stack has it without a claim")
        && known.values().stream().anyMatch(k -> k.missing() && k.physicalId().equals(arn));
  }

  /** A person takes a stack's claim for a stale one, or its provider for one that nobody claims. */
  Sent mistakenRelease(LogicalResource resource, boolean withClaim) {
    String arn = known.get(resource).physicalId();
    Optional<Entry> before = Optional.ofNullable(life.iam.all().get(arn));
    return new Sent(
        new Request.Delete(resource, arn, withClaim ? Replay.RELEASE : Replay.RELEASE_UNCLAIMED),
        false,
        ended -> {
          if (ended.outcome() instanceof Outcome.Succeeded) {
            throw new RuleBrokenException("a release took from a stack what it uses: " + before);
          }
          return List.of();
        });
  }

  /** Somebody removes the claims of a provider that a stack uses. */
  void stripClaims(LogicalResource resource) {
    String arn = known.get(resource).physicalId();
    Entry entry = life.iam.all().get(arn);
    if (entry != null) {
      Map<String, String> claims = new HashMap<>(entry.tags());
      claims.keySet().removeIf(key -> !ObservedTags.isClaim(key));
      stripped.put(arn, claims);
      life.iam.iam.untag(arn, claims.keySet());
      life.iam.recordWrite();
    }
  }

  /** Updates of the stacks bring the claims back. */
  private void restoreClaims() {
    stripped.forEach(
        (arn, claims) -> {
          if (!life.iam.all().containsKey(arn)) {
            throw new RuleBrokenException(
                "a release deleted %s, which a stack uses".formatted(arn));
          }
          life.iam.iam.tag(arn, claims);
          life.iam.recordWrite();
        });
    if (!stripped.isEmpty()) {
      stripped.clear();
      life.pass(Duration.ofSeconds(21));
    }
  }

  @Override
  public List<StackResource> stacks() {
    List<StackResource> all = new ArrayList<>();
    known.forEach(
        (resource, now) -> {
          if (!gone.contains(resource)) {
            all.add(
                new StackResource(
                    new Stack(
                        resource.stackId(),
                        resource.stackName(),
                        Replay.HOME.region(),
                        "UPDATE_COMPLETE"),
                    resource.logicalId(),
                    EksOidcProvider.TYPE,
                    now.physicalId(),
                    "UPDATE_COMPLETE"));
          }
        });
    return all;
  }

  private Sent release(LogicalResource resource, String arn, boolean calm) {
    return new Sent(
        new Request.Delete(resource, arn, Replay.RELEASE),
        calm,
        ended -> {
          Optional<Entry> entry = Optional.ofNullable(life.iam.all().get(arn));
          String claim = Claimant.of(resource).id();
          boolean claimed =
              entry
                  .filter(e -> ObservedTags.claims(e).contains(claim) && !isOdd(arn, e, claim))
                  .isPresent();
          boolean left =
              entry
                  .filter(e -> ObservedTags.isManaged(e) && ObservedTags.claims(e).isEmpty())
                  .isPresent();
          if (ended.outcome() instanceof Outcome.Succeeded && claimed) {
            throw new RuleBrokenException("a release succeeded, and the claim is still there");
          }
          if (claimed && isRefusedForOther(ended, arn)) {
            // The provider was removed and came back, and another stack has not updated since.
            gone.remove(resource);
            held.add(new Held(claim, arn));
            return List.of();
          }
          if (claimed || left) {
            if (calm && ended.healthy()) {
              throw new RuleBrokenException("a release failed: " + ended.outcome());
            }
            return List.of(release(resource, arn, true));
          }
          known.remove(resource);
          failed.remove(resource);
          gone.remove(resource);
          return List.of();
        });
  }

  private Sent delete(
      LogicalResource resource, String id, Map<String, Object> properties, boolean calm) {
    return deleteOf(resource, id, properties, calm, true);
  }

  private Sent deleteOf(
      LogicalResource resource,
      String id,
      Map<String, Object> properties,
      boolean calm,
      boolean forgets) {
    return new Sent(
        new Request.Delete(resource, id, properties),
        calm,
        ended ->
            switch (ended.outcome()) {
              case Outcome.Succeeded _ -> {
                if (forgets) {
                  known.remove(resource);
                  failed.remove(resource);
                }
                yield List.of();
              }
              case Outcome.Failed(_, String reason)
                  when ended.healthy() || PhysicalIds.isNotCreated(id) ->
                  throw new RuleBrokenException("rule 9: a Delete failed: " + reason);
              case Outcome.Failed _, Outcome.NoResponse _ ->
                  List.of(deleteOf(resource, id, properties, true, forgets));
            });
  }

  private void succeeded(LogicalResource resource, String arn, Map<String, Object> properties) {
    succeeded(resource, new Known(arn, properties));
  }

  private void succeeded(LogicalResource resource, Known now) {
    String arn = now.physicalId();
    known.put(resource, now);
    mayRemain.remove(new Held(Claimant.of(resource).id(), arn));
    held.add(new Held(Claimant.of(resource).id(), arn));
    Entry entry = life.iam.all().get(arn);
    if (entry == null || !ObservedTags.claims(entry).contains(Claimant.of(resource).id())) {
      throw new RuleBrokenException(
          "rule 3: a request succeeded, but %s is %s"
              .formatted(arn, entry == null ? "gone" : "without its claim"));
    }
    if (isTakeOver(now.properties())) {
      foreign.remove(arn);
    }
    checkContent(now, entry);
  }

  private void checkContent(Known now, Entry entry) {
    String arn = now.physicalId();
    Map<String, Object> properties = now.properties();
    if (now.canceled().filter(update -> tookAwayAfterRollback(update, arn)).isPresent()) {
      return;
    }
    if (!entry.audiences().containsAll(audiences(properties))) {
      throw new RuleBrokenException("rule 4: %s lacks audiences: %s".formatted(arn, entry));
    }
    if (!entry.tags().containsKey("team")) {
      throw new RuleBrokenException("rule 4: %s lacks a tag: %s".formatted(arn, entry));
    }
  }

  /** Known limit: a canceled Update in place takes away what its rollback has found in place. */
  private boolean tookAwayAfterRollback(Canceled update, String arn) {
    return Optional.ofNullable(tookAwayAt.getOrDefault(update.requestId(), Map.of()).get(arn))
        .filter(at -> !at.isBefore(update.since()))
        .isPresent();
  }

  private void mayRemain(LogicalResource resource, Ended ended, String except) {
    mayRemain(resource, requestIds.get(ended.request()), except);
  }

  /**
   * A claim that a request has stored may remain, wherever it has stored it but at one provider.
   */
  private void mayRemain(LogicalResource resource, String requestId, String except) {
    for (String arn : storedAt.getOrDefault(requestId, Set.of())) {
      if (!arn.equals(except)) {
        mayRemain.add(new Held(Claimant.of(resource).id(), arn));
      }
    }
  }

  private List<FailedCall> failedCalls(Ended ended) {
    return failedCalls.getOrDefault(requestIds.get(ended.request()), List.of());
  }

  /** Known limit: a rollback does not fail because it can't release the claim somewhere else. */
  private void mayRemainAtOther(LogicalResource resource, Ended ended, String own) {
    for (FailedCall call : failedCalls(ended)) {
      if (call.step() instanceof Step.ListAll
          || call.arn().filter(arn -> !arn.equals(own)).isPresent()) {
        updates
            .getOrDefault(resource, Set.of())
            .forEach(update -> mayRemain(resource, update, own));
      }
    }
  }

  private static void checkFailedId(String id, String expected, String reason) {
    if (!id.equals(expected)) {
      throw new RuleBrokenException("a failed Update responded with another id: " + reason);
    }
  }

  /** Rule 9: what no fault was injected into fails only for a cause that a template can have. */
  private void checkReason(
      Ended ended, String reason, Map<String, Object> properties, Optional<Known> before) {
    boolean existing =
        "Fail".equals(properties.get("OnExisting")) && reason.contains("already exists");
    if (ended.healthy() && !existing && !isClusterGone(ended, reason, properties, before)) {
      throw new RuleBrokenException("rule 9: a request failed: " + reason);
    }
  }

  private boolean isClusterGone(
      Ended ended, String reason, Map<String, Object> properties, Optional<Known> before) {
    if (!(properties.get("ClusterName") instanceof String name)) {
      return false;
    }
    boolean same =
        before
            .filter(b -> !b.missing() && name.equals(b.properties().get("ClusterName")))
            .isPresent();
    ClusterState state = life.clusters.get(name);
    boolean unstable =
        state == null
            || !state.status().equals("CREATING")
            || !state.since().isBefore(ended.start())
            || state.generation() > 0;
    return unstable
        && !same
        && (reason.contains("no EKS cluster") || reason.contains("being deleted"));
  }

  private boolean isHeld(LogicalResource resource, String arn) {
    return held.contains(new Held(Claimant.of(resource).id(), arn));
  }

  // The rules.

  @Override
  public void planted(String arn, String key) {
    planted.put(new Planted(arn, key), life.now());
  }

  /** Whether a provider has had a claim of somebody unknown since before a request was sent. */
  private boolean hasOddClaim(String arn, Entry entry, String requestId) {
    Instant lagBefore = sentAt.get(requestId).minusSeconds(21);
    return entry.tags().keySet().stream()
        .filter(ObservedTags::isClaim)
        .anyMatch(
            key -> planted.getOrDefault(new Planted(arn, key), Instant.MAX).isBefore(lagBefore));
  }

  /** Whether only odd tags record a claim. */
  private boolean isOdd(String arn, Entry entry, String claim) {
    return ObservedTags.claimKeys(entry, claim).stream()
        .allMatch(key -> planted.containsKey(new Planted(arn, key)));
  }

  @Override
  public void sending(Request request, String requestId) {
    sentAt.put(requestId, life.now());
    Set<String> clusters = new HashSet<>();
    for (String name : List.of("a", "b")) {
      for (int i = 0; i <= life.generation(name); i++) {
        clusters.add(SimulatedAccount.arn(name, i));
      }
    }
    clustersWhenSent.put(requestId, clusters);
    requestIds.put(request, requestId);
    if (request instanceof Request.Update) {
      updates.computeIfAbsent(request.resource(), _ -> new HashSet<>()).add(requestId);
    }
    if (request instanceof Request.Delete delete
        && (!Replay.isRelease(delete) || gone.contains(delete.resource()))) {
      held.remove(new Held(Claimant.of(delete.resource()).id(), delete.physicalId()));
    }
  }

  @Override
  public void callFailed(Step step, String requestId) {
    Optional<String> arn = step.provider().map(ProviderArn::toString);
    boolean afterClaim =
        arn.filter(a -> storedAt.getOrDefault(requestId, Set.of()).contains(a)).isPresent();
    failedCalls
        .computeIfAbsent(requestId, _ -> new ArrayList<>())
        .add(new FailedCall(step, arn, afterClaim));
  }

  @Override
  public void written(
      NavigableMap<String, Entry> before,
      NavigableMap<String, Entry> after,
      Request by,
      String requestId) {
    String key = Claimant.of(by.resource()).key(requestId);
    after.forEach(
        (arn, is) -> {
          Entry was = before.get(arn);
          String claim = is.tags().getOrDefault(key, "");
          if (claim.contains(" " + requestId + " ")
              && (was == null || !claim.equals(was.tags().get(key)))) {
            storedAt.computeIfAbsent(requestId, _ -> new HashSet<>()).add(arn);
          }
          if (was != null && ObservedTags.tookAway(was, is)) {
            tookAwayAt.computeIfAbsent(requestId, _ -> new HashMap<>()).put(arn, life.now());
          }
        });
    before.forEach(
        (arn, was) -> {
          Optional<Entry> is = Optional.ofNullable(after.get(arn));
          if (hasOddClaim(arn, was, requestId)
              && (is.isEmpty() || ObservedTags.tookAway(was, is.get()))) {
            throw new RuleBrokenException(
                "rule 10: somebody unknown claims it, and it lost something: %s -> %s"
                    .formatted(was, is));
          }
          check(arn, was, is, by);
        });
  }

  private void check(String arn, Entry was, Optional<Entry> is, Request by) {
    String own = Claimant.of(by.resource()).id();
    Optional<Entry> same = is.filter(e -> e.created().equals(was.created()));
    Set<String> claims = same.map(ObservedTags::claims).orElse(Set.of());
    for (Held h : held) {
      if (h.arn().equals(arn)
          && !claims.contains(h.claim())
          && ObservedTags.claims(was).contains(h.claim())) {
        boolean failedId = by instanceof Request.Delete d && !d.physicalId().startsWith("arn:");
        throw new RuleBrokenException(
            "%s: %s took the claim %s from %s"
                .formatted(
                    !h.claim().equals(own) ? "rule 2" : failedId ? "rule 6" : "rule 3",
                    requestIds.get(by),
                    h.claim(),
                    arn));
      }
    }
    if (same.isEmpty()) {
      if (!ObservedTags.isManaged(was)) {
        throw new RuleBrokenException("rule 1: a provider was deleted that is not managed");
      }
      Entry original = foreign.get(arn);
      if (original != null && original.created().equals(was.created())) {
        throw new RuleBrokenException("rule 1: a provider was deleted that nobody took over");
      }
      return;
    }
    boolean takesAway = ObservedTags.tookAway(was, same.get());
    if (takesAway && !ObservedTags.isManaged(was)) {
      throw new RuleBrokenException(
          "rule 1: a provider lost something that is not managed: %s -> %s".formatted(was, is));
    }
    boolean shared = held.stream().anyMatch(h -> h.arn().equals(arn) && !h.claim().equals(own));
    if (takesAway && shared) {
      throw new RuleBrokenException(
          "rule 4: a shared provider lost something: %s -> %s".formatted(was, is));
    }
    if (!ObservedTags.isManaged(was) && ObservedTags.isManaged(same.get())) {
      if (!isTakeOver(by.properties())) {
        throw new RuleBrokenException("rule 1: managed without TakeOver");
      }
      if (by instanceof Request.Update u && u.physicalId().equals(arn)) {
        // An Update in place that takes over and then fails has still taken over.
        foreign.remove(arn);
      }
    }
  }

  private static boolean isTakeOver(Map<String, Object> properties) {
    return "TakeOver".equals(properties.get("OnExisting"));
  }

  /** Checks the account at rest. */
  void check() {
    restoreClaims();
    Map<String, Entry> account = life.iam.all();
    foreign.forEach(
        (arn, was) -> {
          Entry is = account.get(arn);
          if (is == null || !is.created().equals(was.created()) || ObservedTags.tookAway(was, is)) {
            throw new RuleBrokenException("rule 1: %s is %s, was %s".formatted(arn, is, was));
          }
        });
    known.forEach(
        (_, k) -> {
          if (!k.missing()) {
            Entry entry = account.get(k.physicalId());
            if (entry == null) {
              throw new RuleBrokenException("rule 3: %s is gone".formatted(k.physicalId()));
            }
            checkContent(k, entry);
          }
        });
    canceledUpdatesMayRemain();
    account.forEach(this::checkAtRest);
    // A person has removed what remained, if it was not what a Delete is still to come for.
    mayRemain.removeIf(h -> !isPending(h.claim()));
    updates.clear();
  }

  /** Known limit: a canceled Update could not undo what it did after its rollback. */
  private void canceledUpdatesMayRemain() {
    updates.forEach(
        (resource, requestIdsOfUpdates) ->
            requestIdsOfUpdates.stream()
                .filter(canceledUpdates::contains)
                .forEach(
                    id -> {
                      claimsOfNewClustersMayRemain(resource, id);
                      if (failedCalls.getOrDefault(id, List.of()).stream()
                          .anyMatch(FailedCall::afterClaim)) {
                        mayRemain(resource, id, "");
                      }
                    }));
  }

  /** Known limit: the cluster of the canceled Update was created again while it ran. */
  private void claimsOfNewClustersMayRemain(LogicalResource resource, String requestId) {
    for (String arn : storedAt.getOrDefault(requestId, Set.of())) {
      if (!clustersWhenSent.get(requestId).contains(arn)) {
        mayRemain.add(new Held(Claimant.of(resource).id(), arn));
      }
    }
  }

  private void checkAtRest(String arn, Entry entry) {
    for (String claim : ObservedTags.claims(entry)) {
      if (!held.contains(new Held(claim, arn))
          && !isPending(claim)
          && !isOfMissing(claim, arn)
          && !isOdd(arn, entry, claim)) {
        if (mayRemain.contains(new Held(claim, arn))) {
          removeLeftover(arn, claim);
          continue;
        }
        String writer =
            ObservedTags.claimKeys(entry, claim).stream()
                .map(entry.tags()::get)
                .toList()
                .toString();
        boolean canceled = canceledUpdates.stream().anyMatch(id -> writer.contains(" " + id + " "));
        throw new RuleBrokenException(
            "%s: a claim of nobody on %s: %s"
                .formatted(canceled ? "rule 7" : "rule 5", arn, entry));
      }
    }
    if (ObservedTags.isManaged(entry) && ObservedTags.claims(entry).isEmpty()) {
      throw new RuleBrokenException("rule 2: nobody claims %s: %s".formatted(arn, entry));
    }
  }

  /** Whether the provider of a resource was removed and came back: its Delete is still to come. */
  private boolean isOfMissing(String claim, String arn) {
    return known.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getValue().missing()
                    && entry.getValue().physicalId().equals(arn)
                    && Claimant.of(entry.getKey()).id().equals(claim));
  }

  /** Whether a Delete of a failed Create is still to come. */
  private boolean isPending(String claim) {
    return failed.keySet().stream().anyMatch(r -> Claimant.of(r).id().equals(claim))
        || cleanups.keySet().stream().anyMatch(r -> Claimant.of(r).id().equals(claim));
  }

  /** A person removes what a request with a failed call has left. */
  private void removeLeftover(String arn, String claim) {
    life.iam.iam.untag(arn, ObservedTags.claimKeys(life.iam.all().get(arn), claim));
    if (ObservedTags.claims(life.iam.all().get(arn)).isEmpty()
        && ObservedTags.isManaged(life.iam.all().get(arn))) {
      life.iam.iam.delete(arn);
      foreign.remove(arn);
    }
    life.iam.recordWrite();
    life.pass(Duration.ofSeconds(21));
  }

  static List<?> audiences(Map<String, Object> properties) {
    return (List<?>) properties.get("ClientIdList");
  }

  /** After an Update without lag: a provider of this resource alone is exactly as desired. */
  void checkExact(LogicalResource resource, Map<String, Object> desired) {
    Known k = known.get(resource);
    Entry entry = k == null ? null : life.iam.all().get(k.physicalId());
    if (entry != null
        && k.properties().equals(desired)
        && ObservedTags.isManaged(entry)
        && ObservedTags.claims(entry).equals(Set.of(Claimant.of(resource).id()))
        && entry.tags().keySet().stream()
            .noneMatch(key -> planted.containsKey(new Planted(k.physicalId(), key)))
        && !Set.copyOf(entry.audiences()).equals(Set.copyOf(audiences(desired)))) {
      throw new RuleBrokenException("not as desired: %s, desired %s".formatted(entry, desired));
    }
  }

  /** Checks the account after all resources were deleted. */
  void checkEnd() {
    check();
    new TreeMap<>(life.iam.all())
        .forEach(
            (arn, entry) -> {
              if (ObservedTags.claims(entry).stream().anyMatch(claim -> !isOdd(arn, entry, claim))
                  || (ObservedTags.isManaged(entry) && ObservedTags.claims(entry).isEmpty())) {
                throw new RuleBrokenException(
                    "rule 2: left at the end: %s %s".formatted(arn, entry));
              }
            });
  }
}
