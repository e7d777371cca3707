package io.github.eksoidc.simulation;

import io.github.eksoidc.issuer.Clusters;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.Request;
import io.github.eksoidc.resource.RequestContext;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.IncompleteCreate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The protocol with one part broken on purpose. Each provider implementation stands between the
 * lifecycle and the account, and pretends to the lifecycle that it has done what it was told.
 */
class BrokenProtocols implements Providers {

  private static final String DELETING = "eks-oidc-provider/deleting/";
  private static final String CLAIM = "eks-oidc-provider/claim/";

  final Providers account;
  final RequestContext context;

  BrokenProtocols(Providers account, RequestContext context) {
    this.account = account;
    this.context = context;
  }

  @Override
  public Creation create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    return account.create(issuer, desired, tags);
  }

  @Override
  public Optional<Provider> find(ProviderArn arn) {
    return account.find(arn);
  }

  @Override
  public Modification change(ProviderArn arn, Change change) {
    return account.change(arn, change);
  }

  @Override
  public Deletion delete(ProviderArn arn) {
    return account.delete(arn);
  }

  @Override
  public List<ProviderArn> list() {
    return account.list();
  }

  static Provider with(Provider provider, Map<String, String> more, Set<String> fewer) {
    NavigableMap<String, String> tags = new TreeMap<>();
    tags.putAll(provider.tags());
    fewer.forEach(tags::remove);
    tags.putAll(more);
    return new Provider(provider.created(), provider.audiences(), provider.thumbprints(), tags);
  }

  static boolean isLease(Change change) {
    return change instanceof Change.PutTags(var tags)
        && tags.keySet().stream().anyMatch(key -> key.startsWith(DELETING));
  }

  /** No request stores a lease. */
  static final class NoLease extends BrokenProtocols {
    private Map<String, String> believed = Map.of();

    NoLease(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      if (isLease(change) && change instanceof Change.PutTags(var tags)) {
        believed = tags;
        return Modification.DONE;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      return super.find(arn).map(seen -> with(seen, believed, Set.of()));
    }
  }

  /** The lease is stored after the read that should follow it. */
  static final class LeaseAfterRead extends BrokenProtocols {
    private Change late;

    LeaseAfterRead(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      if (isLease(change)) {
        late = change;
        return Modification.DONE;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      Optional<Provider> seen = super.find(arn);
      if (late instanceof Change.PutTags(var tags)) {
        Change lease = late;
        late = null;
        return super.change(arn, lease) == Modification.DONE
            ? seen.map(s -> with(s, tags, Set.of()))
            : Optional.empty();
      }
      return seen;
    }
  }

  /** All requests store the same lease. */
  static final class OneLeaseForAll extends BrokenProtocols {
    private static final String SHARED = DELETING + "shared";
    private Map<String, String> mine = Map.of();

    OneLeaseForAll(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      return switch (change) {
        case Change.PutTags(var tags) when isLease(change) -> {
          mine = tags;
          yield super.change(
              arn, new Change.PutTags(Map.of(SHARED, tags.values().iterator().next())));
        }
        case Change.RemoveTags(var keys) -> {
          Set<String> shared = new LinkedHashSet<>();
          for (String key : keys) {
            shared.add(key.startsWith(DELETING) ? SHARED : key);
          }
          yield super.change(arn, new Change.RemoveTags(shared));
        }
        default -> super.change(arn, change);
      };
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      return super.find(arn)
          .map(
              seen ->
                  !mine.isEmpty() && seen.tags().containsKey(SHARED)
                      ? with(seen, mine, Set.of(SHARED))
                      : seen);
    }
  }

  /** The claim is stored on a new provider in a second call. */
  static final class ClaimAfterCreate extends BrokenProtocols {
    ClaimAfterCreate(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Creation create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
      Map<String, String> claim = new LinkedHashMap<>();
      Map<String, String> others = new LinkedHashMap<>();
      tags.forEach((key, value) -> (key.startsWith(CLAIM) ? claim : others).put(key, value));
      Creation creation = super.create(issuer, desired, others);
      if (creation == Creation.DONE) {
        super.change(ProviderArn.of(context.location(), issuer), new Change.PutTags(claim));
      }
      return creation;
    }
  }

  /** Nothing is read after the lease is stored. */
  static final class NoReadAfterLease extends BrokenProtocols {
    private Optional<Provider> last = Optional.empty();
    private Map<String, String> leased = Map.of();

    NoReadAfterLease(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      if (isLease(change) && change instanceof Change.PutTags(var tags)) {
        leased = tags;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      if (!leased.isEmpty()) {
        Map<String, String> lease = leased;
        leased = Map.of();
        return last.map(seen -> with(seen, lease, Set.of()));
      }
      last = super.find(arn);
      return last;
    }
  }

  /** A deletion without a response is repeated at once, as the SDK does by default. */
  static final class RepeatedDelete extends BrokenProtocols {
    RepeatedDelete(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Deletion delete(ProviderArn arn) {
      return super.delete(arn) == Deletion.UNKNOWN ? super.delete(arn) : Deletion.DONE;
    }
  }

  /** Nothing is read after a claim is removed. */
  static final class NoReadAfterRelease extends BrokenProtocols {
    private Optional<Provider> last = Optional.empty();
    private Set<String> removed = Set.of();

    NoReadAfterRelease(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      if (change instanceof Change.RemoveTags(var keys)
          && keys.stream().anyMatch(key -> key.startsWith(CLAIM))) {
        removed = keys;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      if (!removed.isEmpty()) {
        Set<String> keys = removed;
        removed = Set.of();
        return last.map(seen -> with(seen, Map.of(), keys));
      }
      last = super.find(arn);
      return last;
    }
  }

  /** Leases do not expire. */
  static final class LeasesNeverExpire extends BrokenProtocols {
    LeasesNeverExpire(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      return super.find(arn)
          .map(
              seen -> {
                Map<String, String> fresh = new LinkedHashMap<>();
                seen.tags()
                    .forEach(
                        (key, value) -> {
                          if (key.startsWith(DELETING)
                              && Instant.parse(value).isBefore(context.now())) {
                            fresh.put(key, context.now().plusSeconds(60).toString());
                          }
                        });
                return with(seen, fresh, Set.of());
              });
    }
  }

  /** After a deletion without a response, the lease is removed instead of left to expire. */
  static final class LeaseInDoubtRemoved extends BrokenProtocols {
    private Set<String> lease = Set.of();
    private boolean inDoubt;

    LeaseInDoubtRemoved(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Deletion delete(ProviderArn arn) {
      Deletion deletion = super.delete(arn);
      inDoubt = deletion == Deletion.UNKNOWN;
      return deletion;
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      if (isLease(change) && change instanceof Change.PutTags(var tags)) {
        if (inDoubt) {
          return super.change(arn, new Change.RemoveTags(lease));
        }
        lease = tags.keySet();
      }
      return super.change(arn, change);
    }
  }

  /** A rollback does not renew the claim that it comes back to. */
  static final class NoRenewal extends BrokenProtocols {
    NoRenewal(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Modification change(ProviderArn arn, Change change) {
      boolean renews =
          change instanceof Change.PutTags(var tags)
              && tags.values().stream().anyMatch(value -> value.contains(" Renewal "));
      return renews ? Modification.DONE : super.change(arn, change);
    }
  }

  /** Providers that break the protocol. */
  static Protocol providers(BiFunction<Providers, RequestContext, Providers> how) {
    return new Protocol() {
      @Override
      public Providers providers(Providers account, RequestContext context) {
        return how.apply(account, context);
      }
    };
  }

  /** The Delete of a failed Create releases whatever claim the resource has. */
  static Protocol failedIdReleasesAnyClaim() {
    return new Protocol() {
      @Override
      public Request request(Request request) {
        return request instanceof Request.Delete delete
            ? IncompleteCreate.parse(delete.physicalId())
                .<Request>map(
                    create ->
                        new Request.Delete(
                            delete.resource(), create.resource(), delete.properties()))
                .orElse(request)
            : request;
      }
    };
  }

  /** A replacement and its rollback do not wait until reads can't lag any more. */
  static Protocol noWaitBeforeReadingTheOtherProvider() {
    return new Protocol() {
      @Override
      public RequestContext context(RequestContext context) {
        return new ChangedContext(context) {
          @Override
          public void sleep(Duration duration) {
            if (duration.compareTo(Duration.ofSeconds(19)) < 0) {
              super.sleep(duration);
            }
          }
        };
      }
    };
  }

  /** Reads are repeated for two seconds instead of twenty. */
  static Protocol twoSecondsOfPatience() {
    return new Protocol() {
      @Override
      public RequestContext context(RequestContext context) {
        return new ChangedContext(context) {
          @Override
          public Instant now() {
            Duration passed = Duration.between(startedAt(), super.now());
            return startedAt().plus(passed.multipliedBy(10));
          }
        };
      }
    };
  }

  /** An Update fails if its cluster is gone, although its provider is known. */
  static Protocol goneClusterFailsUpdates() {
    return new Protocol() {
      @Override
      public Clusters clusters(Clusters clusters) {
        return (name, region) ->
            Optional.of(
                clusters
                    .find(name, region)
                    .orElseThrow(() -> new RequestFailedException("There is no cluster " + name)));
      }
    };
  }
}
