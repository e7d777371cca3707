package io.github.eksoidc.resourcetype;

import static io.github.eksoidc.properties.ResourceProperties.badValue;
import static io.github.eksoidc.properties.ResourceProperties.quoted;

import io.github.eksoidc.issuer.EksIssuer;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.issuer.IssuerSource;
import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.ownership.OnExisting;
import io.github.eksoidc.properties.ResourceProperties;
import io.github.eksoidc.provider.Audiences;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Difference;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.provider.ReservedPrefix;
import io.github.eksoidc.resource.FunctionLocation;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resourcetype.MisplacedValue.Endpoint;
import io.github.eksoidc.resourcetype.MisplacedValue.OfCluster;
import io.github.eksoidc.resourcetype.MisplacedValue.OfIssuer;
import io.github.eksoidc.resourcetype.MisplacedValue.OfProvider;
import io.github.eksoidc.resourcetype.MisplacedValue.OfRole;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The properties of {@code Custom::EksOidcProvider}, checked.
 *
 * @param source where the issuer comes from
 * @param desired the desired state of the provider
 * @param onExisting what to do with a provider that already exists
 */
public record EksOidcProviderProperties(
    IssuerSource source, DesiredState desired, OnExisting onExisting) {

  /** Every property that a template may give. */
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
          "OnExisting",
          "Trigger");

  private static final Pattern THUMBPRINT = Pattern.compile("[0-9A-Fa-f]{40}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9A-Fa-f]{64}");

  /** Separators, and the label that openssl prints. */
  private static final Pattern NO_DIGIT = Pattern.compile("^[^=]*=|[:\\s]");

  private static final Pattern AVAILABILITY_ZONE =
      Pattern.compile("([a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2})[a-z]");

  /**
   * Reads and checks the properties.
   *
   * @throws RequestFailedException if one is missing, unknown or not allowed; the reason names it
   */
  public static EksOidcProviderProperties read(
      Map<String, Object> values, FunctionLocation location) {
    ResourceProperties properties = ResourceProperties.of(values, NAMES);
    // Only checked: that it differs makes CloudFormation send an Update.
    properties.text("Trigger");
    return new EksOidcProviderProperties(
        source(properties, location),
        new DesiredState(audiences(properties), thumbprints(properties), tags(properties)),
        onExisting(properties));
  }

  /**
   * Reads the properties of an earlier request, as {@link #read} does.
   *
   * @return empty if they are not valid: the request was rejected and changed nothing
   */
  public static Optional<EksOidcProviderProperties> readIfValid(
      Map<String, Object> values, FunctionLocation location) {
    try {
      return Optional.of(read(values, location));
    } catch (RequestFailedException _) {
      return Optional.empty();
    }
  }

  private static IssuerSource source(ResourceProperties properties, FunctionLocation location) {
    Optional<String> name = properties.text("ClusterName");
    Optional<String> url = properties.text("Url");
    Optional<String> region = properties.text("ClusterRegion");
    if (name.isPresent() == url.isPresent()) {
      throw new RequestFailedException(
          name.isPresent()
              ? "ClusterName and Url are both given. Give the ClusterName of a cluster in this"
                  + " account, or the Url of an issuer, not both."
              : "Neither ClusterName nor Url is given. Give the ClusterName of a cluster in this"
                  + " account, or the Url of an issuer.");
    }
    region.ifPresent(given -> checkRegion(given, location));
    if (url.isPresent()) {
      checkIsNotMisplaced(url.get());
      return new IssuerSource.OfUrl(Issuer.ofTemplate(url.get(), location.partition()));
    }
    return new IssuerSource.OfCluster(
        ClusterNames.check("ClusterName", name.get()), region.orElse(location.region()));
  }

  /** Rejects a value that leads to an issuer, such as the ARN of its provider, but is none. */
  private static void checkIsNotMisplaced(String url) {
    MisplacedValue.of(url)
        .flatMap(value -> remedyForUrl(url, value))
        .ifPresent(
            remedy -> {
              throw badValue("Url", url, remedy);
            });
  }

  private static Optional<String> remedyForUrl(String url, MisplacedValue value) {
    return switch (value) {
      case OfIssuer(EksIssuer issuer) when url.equals(issuer.url()) -> Optional.empty();
      case OfIssuer(EksIssuer issuer) ->
          Optional.of(
              "\"%s\", with https:// and nothing after the id".formatted(issuer.classicUrl()));
      case OfProvider(_, EksIssuer issuer) ->
          Optional.of("\"%s\", the issuer in this ARN".formatted(issuer.classicUrl()));
      case OfCluster cluster ->
          Optional.of(
              "an issuer; a cluster is given by its name, as ClusterName \"%s\""
                  .formatted(cluster.name()));
      case Endpoint _ ->
          Optional.of(
              "the issuer of the cluster, which is not the URL of its API server. Its ClusterName is"
                  + " enough if the cluster is in this account");
      case OfRole _ -> Optional.empty();
    };
  }

  private static void checkRegion(String region, FunctionLocation location) {
    Optional<Partition> partition = Partition.ofRegion(region);
    if (partition.isEmpty()) {
      Matcher zone = AVAILABILITY_ZONE.matcher(region);
      throw badValue(
          "ClusterRegion",
          region,
          zone.matches()
              ? "\"%s\", the Region of this Availability Zone".formatted(zone.group(1))
              : "the name of a Region, such as eu-west-1");
    }
    if (!partition.get().id().equals(location.partition())) {
      throw badValue(
          "ClusterRegion",
          region,
          "a Region of the partition %s, in which the function runs"
              .formatted(location.partition()));
    }
  }

  private static List<String> audiences(ResourceProperties properties) {
    Optional<List<String>> given = properties.texts("ClientIdList");
    if (given.isEmpty()) {
      return List.of(Audiences.DEFAULT);
    }
    SequencedSet<String> audiences = new LinkedHashSet<>(given.get());
    if (audiences.isEmpty() || audiences.size() > Audiences.MAX_COUNT) {
      throw new RequestFailedException(
          "ClientIdList has %d audiences, but must have 1 to %d."
              .formatted(audiences.size(), Audiences.MAX_COUNT));
    }
    audiences.forEach(audience -> Audiences.check("An audience of ClientIdList", audience));
    return List.copyOf(audiences);
  }

  private static Optional<List<String>> thumbprints(ResourceProperties properties) {
    List<String> given = properties.texts("ThumbprintList").orElse(List.of());
    if (given.size() > Difference.MAX_THUMBPRINTS) {
      throw new RequestFailedException(
          "ThumbprintList has %d thumbprints, but can have at most %d."
              .formatted(given.size(), Difference.MAX_THUMBPRINTS));
    }
    SequencedSet<String> thumbprints = new LinkedHashSet<>();
    for (String thumbprint : given) {
      if (!THUMBPRINT.matcher(thumbprint).matches()) {
        throw badValue(
            "A thumbprint of ThumbprintList", thumbprint, "40 hex digits" + remedy(thumbprint));
      }
      thumbprints.add(thumbprint.toLowerCase(Locale.ROOT));
    }
    // An empty list is the same as no list, because IAM obtains a thumbprint.
    return thumbprints.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(thumbprints));
  }

  /** Continues "40 hex digits" for a fingerprint as openssl or a browser shows it. */
  private static String remedy(String fingerprint) {
    String digits = NO_DIGIT.matcher(fingerprint).replaceAll("");
    if (SHA_256.matcher(digits).matches()) {
      return ": the SHA-1 fingerprint, not that of SHA-256";
    }
    return THUMBPRINT.matcher(digits).matches()
        ? ", \"%s\" without anything else".formatted(digits)
        : "";
  }

  private static NavigableMap<String, String> tags(ResourceProperties properties) {
    List<Map.Entry<String, String>> given = properties.pairs("Tags").orElse(List.of());
    if (given.size() > ProviderTags.MAX_DESIRED) {
      throw new RequestFailedException(
          "Tags has %d tags, but can have at most %d: a provider can have %d tags, and the function needs %d to record who uses it."
              .formatted(
                  given.size(),
                  ProviderTags.MAX_DESIRED,
                  ProviderTags.MAX_COUNT,
                  ProviderTags.MAX_COUNT - ProviderTags.MAX_DESIRED));
    }
    NavigableMap<String, String> tags = ProviderTags.none();
    for (var tag : given) {
      checkKey(tag.getKey());
      if (tag.getValue().length() > ProviderTags.MAX_VALUE_LENGTH
          || !ProviderTags.isStorable(tag.getValue())) {
        throw badValue(
            "The value of tag " + quoted(tag.getKey()) + " of Tags",
            tag.getValue(),
            "up to %d letters, digits, spaces and _.:/=+-@"
                .formatted(ProviderTags.MAX_VALUE_LENGTH));
      }
      if (tags.put(tag.getKey(), tag.getValue()) != null) {
        throw new RequestFailedException(
            "Tags has the key %s twice.".formatted(quoted(tag.getKey())));
      }
    }
    return tags;
  }

  private static void checkKey(String key) {
    if (key.isEmpty()
        || key.length() > ProviderTags.MAX_KEY_LENGTH
        || !ProviderTags.isStorable(key)) {
      throw badValue(
          "A key of Tags",
          key,
          "1 to %d letters, digits, spaces and _.:/=+-@".formatted(ProviderTags.MAX_KEY_LENGTH));
    }
    ReservedPrefix.of(key)
        .ifPresent(
            prefix -> {
              throw badValue(
                  "A key of Tags",
                  key,
                  "a key that does not begin, or seem to begin, with %s, which is reserved for %s"
                      .formatted(prefix.text(), prefix.owner()));
            });
  }

  private static OnExisting onExisting(ResourceProperties properties) {
    return switch (properties.text("OnExisting").orElse("Adopt")) {
      case "Adopt" -> OnExisting.ADOPT;
      case "Fail" -> OnExisting.FAIL;
      case "TakeOver" -> OnExisting.TAKE_OVER;
      case String other -> throw badValue("OnExisting", other, "Adopt, Fail or TakeOver");
    };
  }
}
