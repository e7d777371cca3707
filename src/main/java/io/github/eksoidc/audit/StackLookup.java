package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * Finds out which resources of stacks have a provider, and whether the resources that claims name
 * still exist. A claim's id is a hash of the stack's ARN and the logical id, so a stack of the same
 * name is never taken for the claim's. Each Region's stacks, and each stack's resources, are listed
 * once.
 */
final class StackLookup {

  /** How much older than a list a claim must be, if the list lacks its stack or its resource. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final Inventory inventory;
  private final Calls calls;
  private final RequestContext context;
  private final Map<String, Future<Listing<Stack>>> stacks = new ConcurrentHashMap<>();
  private final Map<Stack, Future<Listing<StackResource>>> resources = new ConcurrentHashMap<>();
  private final Map<String, Unread> unreadAgain = new ConcurrentHashMap<>();

  StackLookup(Inventory inventory, Calls calls, RequestContext context) {
    this.inventory = requireNonNull(inventory, "inventory is null");
    this.calls = requireNonNull(calls, "calls is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** Lists the stacks of Regions, and the resources of each stack. */
  void load(Set<String> regions) {
    List<Stack> all = new ArrayList<>();
    calls.all(regions, this::stacks).values().forEach(listing -> all.addAll(listing.members()));
    calls.all(all, this::resources);
  }

  /** The resources that have a provider, by the provider, in the Regions loaded so far. */
  Map<ProviderArn, List<Use>> uses() {
    Map<String, Use> ordered = new TreeMap<>();
    resources
        .values()
        .forEach(
            future -> {
              Listing<StackResource> listing = Calls.await(future);
              for (StackResource resource : listing.members()) {
                ordered.put(
                    resource.stack().id() + "/" + resource.logicalId(),
                    new Use(resource, listing.at(), true));
              }
            });
    return byProvider(ordered.values());
  }

  private Map<ProviderArn, List<Use>> byProvider(Collection<Use> uses) {
    Map<ProviderArn, List<Use>> byProvider = new LinkedHashMap<>();
    for (Use use : uses) {
      use.resource()
          .provider()
          .filter(arn -> arn.eksIssuer(context.location()).isPresent())
          .ifPresent(arn -> add(byProvider, arn, List.of(use)));
    }
    return byProvider;
  }

  private static void add(Map<ProviderArn, List<Use>> uses, ProviderArn arn, List<Use> more) {
    uses.computeIfAbsent(arn, _ -> new ArrayList<>()).addAll(more);
  }

  /**
   * What could not be read in the Regions loaded so far.
   *
   * @param expected the Regions that have to be enabled, because something names them
   */
  List<Unread> unread(Set<String> expected) {
    List<Unread> unread = new ArrayList<>();
    new TreeMap<>(stacks)
        .forEach(
            (region, future) ->
                Calls.await(future)
                    .failure()
                    .filter(
                        failure ->
                            !(failure instanceof RegionNotEnabledException)
                                || expected.contains(region))
                    .ifPresent(
                        failure ->
                            unread.add(
                                new Unread("the stacks in " + region, failure.getMessage()))));
    Map<String, Unread> ofStacks = new TreeMap<>(unreadAgain);
    resources.forEach(
        (stack, future) ->
            Calls.await(future)
                .failure()
                .ifPresent(
                    failure -> ofStacks.put(stack.id(), unread(stack, failure.getMessage()))));
    unread.addAll(ofStacks.values());
    return unread;
  }

  private static Unread unread(Stack stack, String reason) {
    return new Unread("the resources of " + stack.id(), reason);
  }

  /**
   * Lists the stacks of uses of a provider again.
   *
   * @return the uses that there are now, of which those that have changed are not stable
   */
  Map<ProviderArn, List<Use>> again(Map<ProviderArn, List<Use>> before) {
    Map<StackResource, Use> known = new HashMap<>();
    before.values().forEach(uses -> uses.forEach(use -> known.put(use.resource(), use)));
    Set<Stack> of = new HashSet<>();
    known.keySet().forEach(resource -> of.add(resource.stack()));
    Map<ProviderArn, List<Use>> now = new HashMap<>();
    calls
        .all(of, this::list)
        .forEach(
            (stack, listing) -> {
              List<Use> uses = new ArrayList<>();
              listing
                  .members()
                  .forEach(
                      resource ->
                          uses.add(
                              known.getOrDefault(
                                  resource, new Use(resource, listing.at(), false))));
              if (listing.failure().isPresent()) {
                String reason = listing.failure().get().getMessage();
                unreadAgain.put(stack.id(), unread(stack, reason));
                known.values().stream()
                    .filter(use -> use.resource().stack().equals(stack))
                    .forEach(use -> uses.add(new Use(use.resource(), use.listedAt(), false)));
              }
              byProvider(uses).forEach((arn, more) -> add(now, arn, more));
            });
    return now;
  }

  /** Whether the resource of a claim exists. */
  Existence of(String claimId, Claim claim) {
    if (!claim.isOfStack()) {
      return new Existence.Unknown(
          "A tool that emulates custom resources wrote the claim, and no CloudFormation stack did.");
    }
    if (claim.stackAccount().isPresent()) {
      return new Existence.Unknown(
          "The stack is in account %s.".formatted(claim.stackAccount().get()));
    }
    Optional<String> named = claim.stackRegion().filter(inventory::isRegion);
    if (named.isEmpty()) {
      return new Existence.Unknown("The claim does not name the Region of the stack.");
    }
    String region = named.get();
    Listing<Stack> all = stacks(region);
    Instant listedAt = all.at();
    Optional<Stack> sameStack = Optional.empty();
    Optional<String> problem = all.failure().map(RuntimeException::getMessage);
    for (Stack stack : all.members()) {
      if (mayBeOf(claim, stack)) {
        Listing<StackResource> of = resources(stack);
        for (StackResource resource : of.members()) {
          if (resource.claimId().equals(claimId)) {
            return new Existence.Exists(resource.title());
          }
        }
        listedAt = of.at().isBefore(listedAt) ? listedAt : of.at();
        problem = problem.or(() -> of.failure().map(RuntimeException::getMessage));
        if (StackResource.claimId(stack, logicalId(claim)).equals(claimId)) {
          sameStack = Optional.of(stack);
        }
      }
    }
    if (problem.isPresent()) {
      return new Existence.Unknown(problem.get());
    }
    if (claim.writtenAt().isAfter(all.at().minus(MARGIN))) {
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
  private static boolean mayBeOf(Claim claim, Stack stack) {
    int slash = claim.owner().indexOf('/');
    return slash < 0
        ? stack.name().startsWith(claim.owner())
        : stack.name().equals(claim.owner().substring(0, slash));
  }

  private static String logicalId(Claim claim) {
    return claim.owner().substring(claim.owner().indexOf('/') + 1);
  }

  private Listing<Stack> stacks(String region) {
    return Calls.await(
        stacks.computeIfAbsent(
            region,
            r ->
                calls.start(
                    () -> calls.cloudFormationList(from -> inventory.stacks(r, from), _ -> true))));
  }

  private Listing<StackResource> resources(Stack stack) {
    return Calls.await(resources.computeIfAbsent(stack, s -> calls.start(() -> list(s))));
  }

  private Listing<StackResource> list(Stack stack) {
    return calls.cloudFormationList(
        from -> inventory.resources(stack, from),
        resource -> resource.isOfFunction() || resource.provider().isPresent());
  }
}
