package io.github.eksoidc.inmemory;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The OIDC providers of one account, with IAM's limits, error codes and stored forms (IAM API
 * Reference; IAM and STS quotas).
 */
public final class InMemoryIam {

  private static final Duration KEPT_HISTORY = Duration.ofMinutes(1);
  private static final int MAX_PROVIDERS = 100;
  private static final int MAX_AUDIENCES = 100;
  private static final int MAX_THUMBPRINTS = 5;
  private static final int MAX_TAGS = 50;
  private static final Pattern TAG_TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  /** The thumbprint that IAM obtains if a request has none. */
  public static final String OBTAINED_THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";

  /** One provider. Immutable. */
  public record Entry(
      String url,
      Instant created,
      List<String> audiences,
      List<String> thumbprints,
      NavigableMap<String, String> tags) {

    public Entry {
      audiences = List.copyOf(audiences);
      thumbprints = List.copyOf(thumbprints);
      NavigableMap<String, String> copy = new TreeMap<>();
      copy.putAll(tags);
      tags = copy;
    }

    Entry withAudiences(List<String> others) {
      return new Entry(url, created, others, thumbprints, tags);
    }

    Entry withThumbprints(List<String> others) {
      return new Entry(url, created, audiences, others, tags);
    }

    Entry withTags(NavigableMap<String, String> others) {
      return new Entry(url, created, audiences, thumbprints, others);
    }
  }

  private final String partition;
  private final String account;
  private final InstantSource clock;
  private NavigableMap<String, Entry> entries = new TreeMap<>();
  private Instant lastCreated = Instant.MIN;

  /** Earlier states by the time at which they ended, as far as reads may still show them. */
  private final NavigableMap<Instant, NavigableMap<String, Entry>> history = new TreeMap<>();

  private Duration readLag = Duration.ZERO;

  public InMemoryIam(String partition, String account, InstantSource clock) {
    this.partition = partition;
    this.account = account;
    this.clock = clock;
  }

  /** Returns a copy of all providers by ARN. */
  public synchronized NavigableMap<String, Entry> all() {
    return new TreeMap<>(entries);
  }

  /** From now on, reads show the account as it was so long ago. Writes act on it as it is. */
  public synchronized void lagReads(Duration lag) {
    readLag = lag;
  }

  /** Removes everything, also from what lagging reads show: a new account. */
  public synchronized void reset() {
    readLag = Duration.ZERO;
    entries = new TreeMap<>();
    history.clear();
  }

  private NavigableMap<String, Entry> shown() {
    var later = history.higherEntry(clock.instant().minus(readLag));
    return readLag.isZero() || later == null ? entries : later.getValue();
  }

  private void replaceEntries(NavigableMap<String, Entry> changed) {
    Instant now = clock.instant();
    history.headMap(now.minus(KEPT_HISTORY)).clear();
    history.put(now, entries);
    entries = changed;
  }

  /** The account at one moment. */
  public record Snapshot(NavigableMap<String, Entry> entries, Instant lastCreated) {}

  /** Returns the current state of the account. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(entries, lastCreated);
  }

  /** Restores an earlier state of the account. */
  public synchronized void restore(Snapshot snapshot) {
    entries = snapshot.entries();
    lastCreated = snapshot.lastCreated();
  }

  /** CreateOpenIDConnectProvider; returns the ARN. */
  public synchronized String create(
      String url, List<String> audiences, List<String> thumbprints, Map<String, String> tags) {
    String name = name(url);
    String arn = "arn:%s:iam::%s:oidc-provider/%s".formatted(partition, account, name);
    audiences.forEach(InMemoryIam::checkAudience);
    checkThumbprints(thumbprints);
    NavigableMap<String, String> kept = new TreeMap<>();
    tags.forEach((key, value) -> checkTag(key, value, kept));
    if (entries.containsKey(arn)) {
      throw new AwsError(
          "EntityAlreadyExists",
          409,
          "Provider with url https://%s already exists.".formatted(name));
    }
    limit(
        new LinkedHashSet<>(audiences).size(), MAX_AUDIENCES, "ClientIdsPerOpenIdConnectProvider");
    limit(kept.size(), MAX_TAGS, "TagsPerOpenIdConnectProvider");
    limit(entries.size() + 1, MAX_PROVIDERS, "OpenIdConnectProvidersPerAccount");
    NavigableMap<String, Entry> changed = new TreeMap<>(entries);
    changed.put(
        arn,
        new Entry(
            name,
            nextCreated(),
            List.copyOf(new LinkedHashSet<>(audiences)),
            thumbprints.isEmpty() ? List.of(OBTAINED_THUMBPRINT) : thumbprints,
            kept));
    replaceEntries(changed);
    return arn;
  }

  /** Puts a provider into the account that was created earlier, and returns its ARN. */
  public synchronized String put(
      String url, Instant created, List<String> audiences, Map<String, String> tags) {
    String arn = "arn:%s:iam::%s:oidc-provider/%s".formatted(partition, account, name(url));
    NavigableMap<String, String> kept = new TreeMap<>();
    tags.forEach((key, value) -> checkTag(key, value, kept));
    NavigableMap<String, Entry> changed = new TreeMap<>(entries);
    changed.put(arn, new Entry(name(url), created, audiences, List.of(OBTAINED_THUMBPRINT), kept));
    replaceEntries(changed);
    return arn;
  }

  /** GetOpenIDConnectProvider. */
  public synchronized Entry get(String arn) {
    return find(shown(), arn);
  }

  /**
   * DeleteOpenIDConnectProvider; documented as idempotent, in practice NoSuchEntity the second
   * time.
   */
  public synchronized void delete(String arn) {
    find(entries, arn);
    NavigableMap<String, Entry> changed = new TreeMap<>(entries);
    changed.remove(arn);
    replaceEntries(changed);
  }

  /** ListOpenIDConnectProviders. */
  public synchronized List<String> list() {
    return List.copyOf(shown().keySet());
  }

  /** AddClientIDToOpenIDConnectProvider. */
  public synchronized void addAudience(String arn, String audience) {
    checkAudience(audience);
    change(
        arn,
        entry -> {
          if (entry.audiences().contains(audience)) {
            return entry;
          }
          List<String> more = new ArrayList<>(entry.audiences());
          more.add(audience);
          limit(more.size(), MAX_AUDIENCES, "ClientIdsPerOpenIdConnectProvider");
          return entry.withAudiences(more);
        });
  }

  /** RemoveClientIDFromOpenIDConnectProvider. */
  public synchronized void removeAudience(String arn, String audience) {
    change(
        arn,
        entry -> {
          List<String> fewer = new ArrayList<>(entry.audiences());
          fewer.remove(audience);
          return entry.withAudiences(fewer);
        });
  }

  /** UpdateOpenIDConnectProviderThumbprint. */
  public synchronized void replaceThumbprints(String arn, List<String> thumbprints) {
    checkThumbprints(thumbprints);
    change(arn, entry -> entry.withThumbprints(thumbprints));
  }

  /** TagOpenIDConnectProvider. */
  public synchronized void tag(String arn, Map<String, String> tags) {
    NavigableMap<String, String> checked = new TreeMap<>();
    tags.forEach((key, value) -> checkTag(key, value, checked));
    change(
        arn,
        entry -> {
          NavigableMap<String, String> all = new TreeMap<>();
          all.putAll(entry.tags());
          all.putAll(checked);
          limit(all.size(), MAX_TAGS, "TagsPerOpenIdConnectProvider");
          return entry.withTags(all);
        });
  }

  /** UntagOpenIDConnectProvider. */
  public synchronized void untag(String arn, Set<String> keys) {
    change(
        arn,
        entry -> {
          NavigableMap<String, String> rest = new TreeMap<>();
          rest.putAll(entry.tags());
          keys.forEach(rest::remove);
          return entry.withTags(rest);
        });
  }

  private void change(String arn, UnaryOperator<Entry> change) {
    Entry entry = change.apply(find(entries, arn));
    NavigableMap<String, Entry> changed = new TreeMap<>(entries);
    changed.put(arn, entry);
    replaceEntries(changed);
  }

  private static Entry find(NavigableMap<String, Entry> in, String arn) {
    if (!arn.matches("arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+")) {
      throw new AwsError("InvalidInput", 400, "Invalid ARN: " + arn);
    }
    Entry entry = in.get(arn);
    if (entry == null) {
      throw new AwsError("NoSuchEntity", 404, "OpenIDConnect Provider not found for arn " + arn);
    }
    return entry;
  }

  /**
   * Returns whole seconds, as IAM does, and never the same twice, so that tests can distinguish.
   */
  private Instant nextCreated() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    lastCreated = now.isAfter(lastCreated) ? now : lastCreated.plusSeconds(1);
    return lastCreated;
  }

  private static String name(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new AwsError("InvalidInput", 400, "Invalid Open ID Connect Provider URL");
    }
    if (url.isEmpty()
        || url.length() > 255
        || !"https".equals(uri.getScheme())
        || uri.getHost() == null
        || uri.getPort() != -1
        || uri.getRawQuery() != null
        || uri.getRawUserInfo() != null) {
      throw new AwsError("InvalidInput", 400, "Invalid Open ID Connect Provider URL");
    }
    String path = uri.getRawPath();
    return uri.getHost().toLowerCase(Locale.ROOT)
        + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
  }

  private static void checkAudience(String audience) {
    if (audience.isEmpty() || audience.length() > 255) {
      throw new AwsError(
          "ValidationError",
          400,
          "1 validation error detected: Value at 'clientID' failed to satisfy constraint: Member must"
              + " have length less than or equal to 255");
    }
  }

  private static void checkThumbprints(List<String> thumbprints) {
    limitInput(
        thumbprints.size(), MAX_THUMBPRINTS, "Thumbprint list must contain fewer than 5 entries.");
    for (String thumbprint : thumbprints) {
      if (!thumbprint.matches("[0-9A-Fa-f]{40}")) {
        throw new AwsError("InvalidInput", 400, "Invalid thumbprint " + thumbprint);
      }
    }
  }

  private static void checkTag(String key, String value, Map<String, String> kept) {
    if (key.isEmpty()
        || key.length() > 128
        || value.length() > 256
        || !TAG_TEXT.matcher(key).matches()
        || !TAG_TEXT.matcher(value).matches()) {
      throw new AwsError("ValidationError", 400, "1 validation error detected: invalid tag " + key);
    }
    if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
      throw new AwsError(
          "InvalidInput", 400, "aws: prefixed tag key names are not allowed for external use.");
    }
    if (kept.put(key, value) != null) {
      throw new AwsError("InvalidInput", 400, "Duplicate tag keys found.");
    }
  }

  private static void limit(int size, int most, String quota) {
    if (size > most) {
      throw new AwsError(
          "LimitExceeded", 409, "Cannot exceed quota for %s: %d".formatted(quota, most));
    }
  }

  private static void limitInput(int size, int most, String message) {
    if (size > most) {
      throw new AwsError("InvalidInput", 400, message);
    }
  }
}
