package io.github.eksoidc.provider;

import static io.github.eksoidc.resource.Properties.badValue;
import static io.github.eksoidc.resource.Properties.quoted;

import io.github.eksoidc.resource.Home;
import io.github.eksoidc.resource.Properties;
import io.github.eksoidc.resource.Refusal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;

/**
 * The properties of {@code Custom::EksOidcProvider}, checked.
 *
 * @param target whose issuer is registered
 * @param asked what the provider is to be
 * @param onExisting what to do with a provider that is there already
 */
public record ProviderProperties(Target target, Asked asked, OnExisting onExisting) {

  /** Every name that a template may use. */
  public static final List<String> NAMES =
      List.of(
          "ServiceToken",
          "ServiceTimeout",
          "ClusterName",
          "Url",
          "ClusterRegion",
          "ClientIdList",
          "ThumbprintList",
          "Tags",
          "OnExisting");

  /** The audience of IRSA, in every partition. */
  static final String DEFAULT_AUDIENCE = "sts.amazonaws.com";

  static final int MOST_AUDIENCES = 100;
  static final int LONGEST_AUDIENCE = 255;

  /** EKS API Reference, CreateCluster. */
  private static final Pattern CLUSTER_NAME = Pattern.compile("[0-9A-Za-z][A-Za-z0-9_-]{0,99}");

  /**
   * What XML, in which IAM answers, does not carry, or not as it is: a provider with such an
   * audience could be made, but never be read again.
   *
   * @see <a href="https://www.w3.org/TR/xml/#charsets">XML 1.0, 2.2 Characters</a>
   */
  private static final Pattern UNREADABLE =
      Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9F}\\p{Cs}\\x{FFFE}\\x{FFFF}]");

  private static final Pattern THUMBPRINT = Pattern.compile("[0-9A-Fa-f]{40}");

  /** Whose issuer is registered. */
  public sealed interface Target {

    /** The issuer of a cluster that this account can describe. */
    record OfCluster(String name, String region) implements Target {}

    /** The issuer itself. */
    record OfUrl(Issuer issuer) implements Target {}
  }

  /** What to do with a provider that is there already. */
  public enum OnExisting {
    /** Use it. */
    ADOPT,
    /** Refuse it. */
    FAIL
  }

  /**
   * Checks what a template gives.
   *
   * @throws Refusal that names the property, what was found and what is allowed
   */
  public static ProviderProperties read(Map<String, Object> values, Home home) {
    Properties properties = Properties.of(values, NAMES);
    return new ProviderProperties(
        target(properties, home),
        new Asked(audiences(properties), thumbprints(properties), tags(properties)),
        onExisting(properties));
  }

  /** The tags that properties ask for; none where they ask for something that is not allowed. */
  static NavigableMap<String, String> tagsOf(Map<String, Object> values) {
    try {
      return tags(Properties.of(values, NAMES));
    } catch (Refusal e) {
      // They were refused when they came, so none of them is on the provider.
      return Tags.none();
    }
  }

  private static Target target(Properties properties, Home home) {
    Optional<String> name = properties.text("ClusterName");
    Optional<String> url = properties.text("Url");
    Optional<String> region = properties.text("ClusterRegion");
    if (name.isPresent() == url.isPresent()) {
      throw new Refusal(
          name.isPresent()
              ? "ClusterName and Url are both given. Give the ClusterName of a cluster in this"
                  + " account, or the Url of an issuer, not both."
              : "Neither ClusterName nor Url is given. Give the ClusterName of a cluster in this"
                  + " account, or the Url of an issuer.");
    }
    region.ifPresent(given -> checkRegion(given, home));
    if (url.isPresent()) {
      return new Target.OfUrl(Issuer.ofTemplate(url.get()));
    }
    if (!CLUSTER_NAME.matcher(name.get()).matches()) {
      throw badValue(
          "ClusterName",
          name.get(),
          "1 to 100 letters, digits, hyphens and underscores, the first a letter or digit");
    }
    return new Target.OfCluster(name.get(), region.orElse(home.region()));
  }

  private static void checkRegion(String region, Home home) {
    Optional<Partition> partition = Partition.ofRegion(region);
    if (partition.isEmpty()) {
      throw badValue("ClusterRegion", region, "the name of a Region, such as eu-west-1");
    }
    if (!partition.get().id().equals(home.partition())) {
      throw badValue(
          "ClusterRegion",
          region,
          "a Region of the partition %s, in which the function runs".formatted(home.partition()));
    }
  }

  private static List<String> audiences(Properties properties) {
    Optional<List<String>> given = properties.texts("ClientIdList");
    if (given.isEmpty()) {
      return List.of(DEFAULT_AUDIENCE);
    }
    SequencedSet<String> audiences = new LinkedHashSet<>(given.get());
    if (audiences.isEmpty() || audiences.size() > MOST_AUDIENCES) {
      throw new Refusal(
          "ClientIdList has %d audiences, but must have 1 to %d."
              .formatted(audiences.size(), MOST_AUDIENCES));
    }
    for (String audience : audiences) {
      if (audience.isEmpty()
          || audience.length() > LONGEST_AUDIENCE
          || UNREADABLE.matcher(audience).find()) {
        throw badValue(
            "An audience of ClientIdList",
            audience,
            "1 to %d characters long, without control characters".formatted(LONGEST_AUDIENCE));
      }
    }
    return List.copyOf(audiences);
  }

  private static Optional<List<String>> thumbprints(Properties properties) {
    List<String> given = properties.texts("ThumbprintList").orElse(List.of());
    if (given.size() > Difference.MOST_THUMBPRINTS) {
      throw new Refusal(
          "ThumbprintList has %d thumbprints, but may have %d at the most."
              .formatted(given.size(), Difference.MOST_THUMBPRINTS));
    }
    SequencedSet<String> thumbprints = new LinkedHashSet<>();
    for (String thumbprint : given) {
      if (!THUMBPRINT.matcher(thumbprint).matches()) {
        throw badValue("A thumbprint of ThumbprintList", thumbprint, "40 hex digits");
      }
      thumbprints.add(thumbprint.toLowerCase(Locale.ROOT));
    }
    // None given is the same as not given: there is no provider without one for long.
    return thumbprints.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(thumbprints));
  }

  private static NavigableMap<String, String> tags(Properties properties) {
    List<Map.Entry<String, String>> given = properties.pairs("Tags").orElse(List.of());
    if (given.size() > Tags.MOST_ASKED) {
      throw new Refusal(
          "Tags has %d tags, but may have %d at the most: a provider can hold %d, and %d are for who uses it."
              .formatted(given.size(), Tags.MOST_ASKED, Tags.MOST, Tags.MOST - Tags.MOST_ASKED));
    }
    NavigableMap<String, String> tags = Tags.none();
    for (var tag : given) {
      checkKey(tag.getKey());
      if (tag.getValue().length() > Tags.LONGEST_VALUE || !Tags.isStorable(tag.getValue())) {
        throw badValue(
            "The value of tag " + quoted(tag.getKey()) + " of Tags",
            tag.getValue(),
            "up to %d letters, digits, spaces and _.:/=+-@".formatted(Tags.LONGEST_VALUE));
      }
      if (tags.put(tag.getKey(), tag.getValue()) != null) {
        throw new Refusal(
            "Tags has the key %s twice; IAM compares keys without case."
                .formatted(quoted(tag.getKey())));
      }
    }
    return tags;
  }

  private static void checkKey(String key) {
    if (key.isEmpty() || key.length() > Tags.LONGEST_KEY || !Tags.isStorable(key)) {
      throw badValue(
          "A key of Tags",
          key,
          "1 to %d letters, digits, spaces and _.:/=+-@".formatted(Tags.LONGEST_KEY));
    }
    if (Tags.isAwsOwn(key)) {
      throw badValue("A key of Tags", key, "one that does not begin with aws:, which is AWS's own");
    }
    if (Tags.isReserved(key)) {
      throw badValue(
          "A key of Tags",
          key,
          "one that does not begin with %s, which is kept for who uses a provider"
              .formatted(Tags.RESERVED));
    }
  }

  private static OnExisting onExisting(Properties properties) {
    return switch (properties.text("OnExisting").orElse("Adopt")) {
      case "Adopt" -> OnExisting.ADOPT;
      case "Fail" -> OnExisting.FAIL;
      case String other -> throw badValue("OnExisting", other, "Adopt or Fail");
    };
  }
}
