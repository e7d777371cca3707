package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.ownership.Claim;
import io.github.eksoidc.ownership.Ownership;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/** Reads the account's OIDC providers. */
final class ProviderLookup {

  private final Providers providers;
  private final Calls calls;
  private final RequestContext context;
  private final Map<ProviderArn, Unread> unread = new LinkedHashMap<>();

  /**
   * What one read has shown.
   *
   * @param at when it was begun
   * @param ownership what the tags of the provider say; empty if it does not exist
   */
  record Read(Instant at, Optional<Ownership> ownership) {

    /** What claims and takeovers say; none if the provider does not exist. */
    private List<Claim> claimsAndTakeover() {
      return ownership.stream()
          .flatMap(
              is -> {
                List<Claim> claims = new ArrayList<>(is.claims().values());
                is.takenOverBy().ifPresent(claims::add);
                return claims.stream();
              })
          .toList();
    }
  }

  ProviderLookup(Providers providers, Calls calls, RequestContext context) {
    this.providers = requireNonNull(providers, "providers is null");
    this.calls = requireNonNull(calls, "calls is null");
    this.context = requireNonNull(context, "context is null");
  }

  /** The providers of EKS issuers among these. */
  SequencedMap<ProviderArn, EksIssuer> ofEks(Collection<ProviderArn> arns) {
    SequencedMap<ProviderArn, EksIssuer> eks = new LinkedHashMap<>();
    for (ProviderArn arn : arns) {
      arn.eksIssuer(context.location()).ifPresent(issuer -> eks.put(arn, issuer));
    }
    return eks;
  }

  /** Reads providers. The result lacks those that can't be read. */
  Map<ProviderArn, Read> read(Collection<ProviderArn> arns) {
    Map<ProviderArn, Read> shown = new LinkedHashMap<>();
    calls
        .all(arns, this::read)
        .forEach((arn, read) -> read.ifPresent(present -> shown.put(arn, present)));
    return shown;
  }

  /** Reads a provider; empty if it can't be read. */
  Optional<Read> read(ProviderArn arn) {
    return calls.iam(
        () -> {
          Instant at = context.now();
          try {
            Optional<Provider> found = providers.find(arn);
            Instant readAt = context.now();
            return Optional.of(new Read(at, found.map(shown -> new Ownership(shown, readAt))));
          } catch (DeadlineExceededException e) {
            throw e;
          } catch (RequestFailedException e) {
            synchronized (unread) {
              unread.put(arn, new Unread(arn.toString(), e.getMessage()));
            }
            return Optional.empty();
          }
        });
  }

  /** The Regions that claims name. A tag can have any text, so it has to be a Region's name. */
  static Set<String> regionsOfClaims(Collection<Read> reads, Inventory inventory) {
    Set<String> regions = new TreeSet<>();
    for (Read read : reads) {
      for (Claim claim : read.claimsAndTakeover()) {
        claim.stackRegion().filter(inventory::isRegion).ifPresent(regions::add);
      }
    }
    return regions;
  }

  /** The providers that could not be read. */
  List<Unread> unread() {
    synchronized (unread) {
      return List.copyOf(unread.values());
    }
  }
}
