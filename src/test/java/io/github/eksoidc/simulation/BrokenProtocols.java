package io.github.eksoidc.simulation;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.resource.RequestContext;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The protocol with one part of it broken. Stands between the lifecycle and the account, and lets
 * the lifecycle believe that it did what it meant to do.
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
  public boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    return account.create(issuer, desired, tags);
  }

  @Override
  public Optional<Provider> find(ProviderArn arn) {
    return account.find(arn);
  }

  @Override
  public boolean change(ProviderArn arn, Change change) {
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
    NavigableMap<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    tags.putAll(provider.tags());
    fewer.forEach(tags::remove);
    tags.putAll(more);
    return new Provider(provider.created(), provider.audiences(), provider.thumbprints(), tags);
  }

  static boolean isMark(Change change) {
    return change instanceof Change.PutTags(var tags)
        && tags.keySet().stream().anyMatch(key -> key.startsWith(DELETING));
  }

  /** Nobody says that a Delete is under way. */
  static final class NoMark extends BrokenProtocols {
    private Map<String, String> believed = Map.of();

    NoMark(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean change(ProviderArn arn, Change change) {
      if (isMark(change) && change instanceof Change.PutTags(var tags)) {
        believed = tags;
        return true;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      return super.find(arn).map(seen -> with(seen, believed, Set.of()));
    }
  }

  /** The mark is written when the read that should come after it is over. */
  static final class MarkAfterRead extends BrokenProtocols {
    private Change late;

    MarkAfterRead(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean change(ProviderArn arn, Change change) {
      if (isMark(change)) {
        late = change;
        return true;
      }
      return super.change(arn, change);
    }

    @Override
    public Optional<Provider> find(ProviderArn arn) {
      Optional<Provider> seen = super.find(arn);
      if (late instanceof Change.PutTags(var tags)) {
        Change lease = late;
        late = null;
        return super.change(arn, lease) ? seen.map(s -> with(s, tags, Set.of())) : Optional.empty();
      }
      return seen;
    }
  }

  /** All write the same mark. */
  static final class OneMarkForAll extends BrokenProtocols {
    private static final String SHARED = DELETING + "shared";
    private Map<String, String> mine = Map.of();

    OneMarkForAll(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean change(ProviderArn arn, Change change) {
      return switch (change) {
        case Change.PutTags(var tags) when isMark(change) -> {
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

  /** The claim is put on a new provider in a second call. */
  static final class ClaimAfterCreate extends BrokenProtocols {
    ClaimAfterCreate(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
      Map<String, String> claim = new LinkedHashMap<>();
      Map<String, String> others = new LinkedHashMap<>();
      tags.forEach((key, value) -> (key.startsWith(CLAIM) ? claim : others).put(key, value));
      return super.create(issuer, desired, others)
          && super.change(ProviderArn.of(context.location(), issuer), new Change.PutTags(claim));
    }
  }

  /** After the mark nobody reads again. */
  static final class NoReadAfterMark extends BrokenProtocols {
    private Optional<Provider> last = Optional.empty();
    private Map<String, String> leased = Map.of();

    NoReadAfterMark(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean change(ProviderArn arn, Change change) {
      if (isMark(change) && change instanceof Change.PutTags(var tags)) {
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

  /**
   * A Delete whose answer was lost is sent again at once, as a client does that repeats by itself.
   */
  static final class RepeatedDelete extends BrokenProtocols {
    RepeatedDelete(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public Deletion delete(ProviderArn arn) {
      return super.delete(arn) == Deletion.UNKNOWN ? super.delete(arn) : Deletion.DONE;
    }
  }

  /** After a claim was taken back nobody looks whether it was the last. */
  static final class NoReadAfterRelease extends BrokenProtocols {
    private Optional<Provider> last = Optional.empty();
    private Set<String> removed = Set.of();

    NoReadAfterRelease(Providers account, RequestContext context) {
      super(account, context);
    }

    @Override
    public boolean change(ProviderArn arn, Change change) {
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

  /** A mark lives for ever. */
  static final class MarksLiveForEver extends BrokenProtocols {
    MarksLiveForEver(Providers account, RequestContext context) {
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
                              && java.time.Instant.parse(value).isBefore(context.now())) {
                            fresh.put(key, context.now().plusSeconds(60).toString());
                          }
                        });
                return with(seen, fresh, Set.of());
              });
    }
  }
}
