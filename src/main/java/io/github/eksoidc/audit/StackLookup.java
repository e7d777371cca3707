package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.Inventory.Stack;
import io.github.eksoidc.ownership.ClaimRecord;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Finds out whether the resources that claims name still exist. A claim's id is a hash of the
 * stack's ARN and the logical id, so a stack of the same name is never taken for the claim's. Each
 * Region's stacks, and each stack's resources, are listed once.
 */
final class StackLookup {

  /** How much older than a list a claim must be, if the list lacks its stack or its resource. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final Inventory inventory;
  private final Calls calls;
  private final RequestContext context;
  private final Map<String, Future<Listing<List<Stack>>>> stacks = new ConcurrentHashMap<>();
  private final Map<String, Future<Listing<Set<String>>>> resources = new ConcurrentHashMap<>();

  /**
   * A list, or the reason why there is none.
   *
   * @param at when it was begun
   */
  private record Listing<T>(Instant at, Optional<T> members, String problem) {}

  StackLookup(Inventory inventory, Calls calls, RequestContext context) {
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.calls = requireNonNull(calls, "calls is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Whether the resource of a claim exists. */
  Existence of(String claimId, ClaimRecord claim) {
    if (!claim.isOfStack()) {
      return new Existence.Unknown(
          "A tool that emulates custom resources wrote the claim, and no CloudFormation stack did.");
    }
    if (claim.stackAccount().isPresent()) {
      return new Existence.Unknown(
          "The stack is in account %s.".formatted(claim.stackAccount().get()));
    }
    if (claim.stackRegion().isEmpty()) {
      return new Existence.Unknown("The claim does not name the Region of the stack.");
    }
    String region = claim.stackRegion().get();
    Listing<List<Stack>> all = stacks(region);
    if (all.members().isEmpty()) {
      return new Existence.Unknown(all.problem());
    }
    Instant listedAt = all.at();
    Optional<Stack> sameStack = Optional.empty();
    for (Stack stack : all.members().get()) {
      if (mayBeOf(claim, stack)) {
        Listing<Set<String>> of = resources(region, stack);
        if (of.members().isEmpty()) {
          return new Existence.Unknown(of.problem());
        }
        listedAt = of.at().isBefore(listedAt) ? listedAt : of.at();
        for (String logicalId : of.members().get()) {
          if (isClaimOf(stack, logicalId, claimId)) {
            return new Existence.Exists(stack.name() + "/" + logicalId + " in " + region);
          }
        }
        if (isClaimOf(stack, logicalId(claim), claimId)) {
          sameStack = Optional.of(stack);
        }
      }
    }
    if (claim.at().plus(MARGIN).isAfter(all.at())) {
      return new Existence.Unknown(
          "The claim is too new to be compared with the list of stacks. Repeat the audit later.");
    }
    return new Existence.Gone(
        sameStack
            .map(
                stack ->
                    "The stack %s in %s does not have the resource any more."
                        .formatted(stack.name(), region))
            .orElse("The stack does not exist in %s any more.".formatted(region)),
        listedAt,
        sameStack.isPresent());
  }

  /** Whether a stack has the claim's stack name, which a long claim may show only in part. */
  private static boolean mayBeOf(ClaimRecord claim, Stack stack) {
    int slash = claim.owner().indexOf('/');
    return slash < 0
        ? stack.name().startsWith(claim.owner())
        : stack.name().equals(claim.owner().substring(0, slash));
  }

  private static String logicalId(ClaimRecord claim) {
    return claim.owner().substring(claim.owner().indexOf('/') + 1);
  }

  private static boolean isClaimOf(Stack stack, String logicalId, String claimId) {
    return new LogicalResource(stack.id(), logicalId).hash().equals(claimId);
  }

  private Listing<List<Stack>> stacks(String region) {
    return Calls.await(
        stacks.computeIfAbsent(region, r -> calls.start(() -> listing(() -> inventory.stacks(r)))));
  }

  private Listing<Set<String>> resources(String region, Stack stack) {
    return Calls.await(
        resources.computeIfAbsent(
            stack.id(), _ -> calls.start(() -> listing(() -> inventory.resources(region, stack)))));
  }

  private <T> Listing<T> listing(Supplier<T> call) {
    Instant at = context.now();
    try {
      return new Listing<>(at, Optional.of(calls.cloudFormation(call)), "");
    } catch (DeadlineExceededException e) {
      throw e;
    } catch (RequestFailedException e) {
      return new Listing<>(at, Optional.empty(), e.getMessage());
    }
  }
}
