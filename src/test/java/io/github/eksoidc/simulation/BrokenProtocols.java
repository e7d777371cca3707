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
import java.util.LinkedHashMap;
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
      public boolean pauses(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(19)) < 0;
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
