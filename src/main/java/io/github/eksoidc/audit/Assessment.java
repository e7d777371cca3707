package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.audit.ProviderReport.Claimed;
import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides what about one provider needs the attention of a person. Makes no calls.
 *
 * @param report empty if there is nothing to report: no provider, and nobody who needs it
 * @param asOf the report is certain if the provider is read again later than this by the longest
 *     lag, and the resources are listed after that; empty if it is certain
 */
record Assessment(Optional<ProviderReport> report, Optional<Instant> asOf) {

  /** The ownership of a provider that does not exist. */
  static final String MISSING = "Missing";

  /**
   * How long after its expiry a lease can't be that of a request at work, lagging reads included.
   */
  private static final Duration DEAD_AFTER = Duration.ofMinutes(1);

  private static final String REMEDY =
      " Change the property Trigger of the resource, and update the stack.";

  private static final String UNLESS =
      " The type of the resource does not tell its ServiceToken: if that is another function's,"
          + " ignore this.";

  /**
   * What was read.
   *
   * @param provider empty if it does not exist
   * @param claims whether the resources of its claims exist, by the claims' ids
   * @param uses the stacks' resources that have the provider
   * @param usesAreComplete whether all stacks could be read
   */
  record Facts(
      ProviderArn arn,
      EksIssuer issuer,
      Instant readAt,
      Optional<Ownership> provider,
      Existence cluster,
      SequencedMap<String, Claimed> claims,
      List<Use> uses,
      boolean usesAreComplete) {

    Facts {
      requireNonNull(arn, "arn is null");
      requireNonNull(issuer, "issuer is null");
      requireNonNull(readAt, "readAt is null");
      requireNonNull(provider, "provider is null");
      requireNonNull(cluster, "cluster is null");
      requireNonNull(claims, "claims is null");
      uses = List.copyOf(uses);
    }

    private List<StackResource> usedBy() {
      return uses.stream().map(Use::resource).toList();
    }
  }

  /** Decides. */
  static Assessment of(Facts facts) {
    return facts
        .provider()
        .map(ownership -> ofExisting(facts, ownership))
        .orElseGet(() -> ofMissing(facts));
  }

  private static Assessment ofMissing(Facts facts) {
    List<Finding> findings = new ArrayList<>();
    Set<Instant> asOf = new LinkedHashSet<>();
    for (Use use : facts.uses()) {
      if (use.needsItsProvider()) {
        findings.add(
            about(
                FindingKind.PROVIDER_MISSING,
                "%s uses %s, which does not exist.".formatted(use.resource().title(), facts.arn()),
                use.resource()));
        asOf.add(use.listedAt());
      }
    }
    return new Assessment(
        findings.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new ProviderReport(
                    facts.arn(),
                    MISSING,
                    List.of(),
                    facts.cluster(),
                    facts.claims(),
                    Set.of(),
                    facts.usedBy(),
                    findings)),
        asOf.stream().max(Instant::compareTo));
  }

  private static Finding about(FindingKind kind, String detail, StackResource resource) {
    return new Finding(
        kind,
        detail + REMEDY + (resource.isCertainlyOfFunction() ? "" : UNLESS),
        Optional.of(resource),
        Optional.empty(),
        false);
  }

  private static Assessment ofExisting(Facts facts, Ownership ownership) {
    List<Finding> findings = new ArrayList<>();
    Set<Instant> asOf = new LinkedHashSet<>();
    for (Use use : facts.uses()) {
      if (use.needsItsProvider() && !facts.claims().containsKey(use.resource().claimId())) {
        findings.add(
            about(
                FindingKind.CLAIM_MISSING,
                "%s uses the provider, which does not carry its claim."
                    .formatted(use.resource().title()),
                use.resource()));
        asOf.add(use.listedAt());
      }
    }
    if (facts.cluster().isGone()) {
      findings.add(Finding.of(FindingKind.CLUSTER_GONE, facts.cluster().detail()));
    }
    // What a release could delete, no stack may have without a claim that protects it.
    boolean isSafe =
        !ownership.isManaged()
            || (facts.usesAreComplete() && withoutClaim(facts.usedBy(), ownership).isEmpty());
    facts
        .claims()
        .forEach(
            (id, claimed) -> {
              if (claimed.resource()
                  instanceof Existence.Gone(String detail, Instant goneAt, boolean stackExists)) {
                findings.add(
                    new Finding(
                        FindingKind.STALE_CLAIM,
                        "Claim %s of %s is stale: %s"
                            .formatted(id, claimed.claim().owner(), detail),
                        Optional.empty(),
                        Optional.of(id),
                        isSafe && !stackExists));
                if (facts.readAt().isBefore(goneAt.plus(Providers.MAX_LAG))) {
                  asOf.add(goneAt);
                }
              }
            });
    Set<String> dead = deadLeases(ownership, facts.readAt());
    if (!dead.isEmpty()) {
      findings.add(
          Finding.of(
              FindingKind.DEAD_REMOVAL,
              "A request that was about to remove something ended without removing its lease: %s."
                  .formatted(String.join(", ", dead))));
    }
    if (ownership.isManagedAndUnclaimed()
        && facts.uses().isEmpty()
        && dead.containsAll(leases(ownership, facts.readAt()))) {
      findings.add(
          new Finding(
              FindingKind.UNCLAIMED,
              facts.usesAreComplete()
                  ? "The provider is managed, no resource claims it, and no stack has it."
                  : "The provider is managed, and no resource claims it. Whether a stack has it is"
                      + " not known, because the audit could not read all stacks.",
              Optional.empty(),
              Optional.empty(),
              facts.usesAreComplete()));
      asOf.add(facts.readAt());
    }
    List<String> audiences = ownership.provider().audiences();
    if (!ownership.isUnclaimed() && !audiences.contains(Audiences.DEFAULT)) {
      findings.add(
          Finding.of(
              FindingKind.NO_DEFAULT_AUDIENCE,
              "The provider does not have the audience %s.".formatted(Audiences.DEFAULT)));
    }
    if (facts.issuer().isDualStack()) {
      findings.add(
          Finding.of(
              FindingKind.DUAL_STACK_ISSUER,
              "No token matches this provider: tokens have the issuer %s."
                  .formatted(facts.issuer().classicUrl())));
    }
    return new Assessment(
        Optional.of(
            new ProviderReport(
                facts.arn(),
                ownershipOf(ownership),
                audiences,
                facts.cluster(),
                facts.claims(),
                ownership.oddClaims(),
                facts.usedBy(),
                findings)),
        asOf.stream().max(Instant::compareTo));
  }

  /** The resources that have a provider, and whose claims the provider does not carry. */
  static List<StackResource> withoutClaim(List<StackResource> usedBy, Ownership ownership) {
    Set<String> claims = ownership.claims().keySet();
    return usedBy.stream().filter(resource -> !claims.contains(resource.claimId())).toList();
  }

  private static Set<String> leases(Ownership ownership, Instant now) {
    Set<String> all = new TreeSet<>(ownership.activeLeases(now));
    all.addAll(ownership.expiredLeases(now));
    return all;
  }

  /** The leases that expired long ago. */
  private static Set<String> deadLeases(Ownership ownership, Instant now) {
    return ownership.expiredLeases(now.minus(DEAD_AFTER));
  }

  private static String ownershipOf(Ownership ownership) {
    if (ownership.isManaged()) {
      return ownership.isTakenOver() ? "TakenOver" : "Created";
    }
    return ownership.isUnclaimed() ? "Foreign" : "Adopted";
  }
}
