package io.github.eksoidc.ownership;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Partition;
import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the tag of a claim says: who uses the provider, and which request wrote the claim. The value
 * has up to 256 characters, in four to six parts with a space between them:
 *
 * <pre>{@code <stack name>/<logical id> <origin> <RequestId> <sent>[/<duration>]
 * [<Region>/<cluster>] [<stack's Region>[:<account>]]}</pre>
 *
 * @param owner for people, without spaces; cut if the value would be too long
 * @param origin the kind of that request
 * @param requestId CloudFormation's id of that request
 * @param sentAt when CloudFormation sent that request, in UTC. Of the requests of one resource, the
 *     one that was sent last is the one that counts.
 * @param writtenAt when the request wrote the claim, to the millisecond; in the value, an ISO 8601
 *     duration since {@code sentAt}, if it is not zero
 * @param cluster {@code <Region>/<name>} of the cluster, if the template named one
 * @param stackLocation {@code <Region>} or {@code <Region>:<account>} of the stack, if it is in
 *     another Region than the cluster or in another account than the provider; {@link #NO_STACK} if
 *     the request's StackId is not a stack's ARN
 */
public record Claim(
    String owner,
    Origin origin,
    String requestId,
    Instant sentAt,
    Instant writtenAt,
    Optional<String> cluster,
    Optional<String> stackLocation) {

  /** The order in which the requests were sent; of one request, in which it wrote its claims. */
  public static final Comparator<Claim> BY_SENT_AT =
      Comparator.comparing(Claim::sentAt).thenComparing(Claim::writtenAt);

  /** Takes the place of the stack's Region if the StackId is not a stack's ARN. */
  public static final String NO_STACK = "no-stack";

  /** Lambda delivers an event for six hours, and the function runs for 15 minutes at the most. */
  private static final Duration LATEST_WRITE = Duration.ofHours(6).plus(RequestContext.LONGEST_RUN);

  private static final Pattern VALUE =
      Pattern.compile(
          "(?<owner>[^\\p{Z}]+) (?<origin>[A-Za-z]+) (?<request>[A-Za-z0-9_-]{1,64}) (?<sent>[^ /]+)(/(?<after>PT[0-9HMS.]{1,16}))?"
              + "( (?<cluster>(?<region>[a-z0-9-]+)/[0-9A-Za-z][A-Za-z0-9_-]{0,99}))?"
              + "( (?<stack>(?<stackRegion>[a-z0-9-]+)(:[0-9]{12})?))?");

  /** The kind of request that wrote a claim. */
  public enum Origin {
    /** A Create that found no claim of its resource. */
    CREATE("Create"),
    /** A Create that found a claim of an earlier Create of the same resource. */
    RETRY("Retry"),
    /** An Update of a resource that had another provider. */
    UPDATE("Update"),
    /** An Update of the resource's own provider. */
    RENEWAL("Renewal");

    private final String text;

    Origin(String text) {
      this.text = text;
    }
  }

  public Claim {
    requireNonNull(owner, "owner is null");
    requireNonNull(origin, "origin is null");
    requireNonNull(requestId, "requestId is null");
    requireNonNull(cluster, "cluster is null");
    requireNonNull(stackLocation, "stackLocation is null");
    sentAt = sentAt.truncatedTo(ChronoUnit.MILLIS);
    // The clocks of CloudFormation and Lambda differ.
    writtenAt = writtenAt.isBefore(sentAt) ? sentAt : writtenAt.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Whether the function can have written it under a key: that of its own request or, on a provider
   * that is full, that of an earlier claim of the resource, which the first claim never has.
   */
  boolean canHaveKey(String key) {
    return key.endsWith("/" + requestId) || origin != Origin.CREATE;
  }

  /** The same claim, written by a later request. */
  Claim renewedBy(SentRequest request, Instant now) {
    return new Claim(
        owner, Origin.RENEWAL, request.id(), request.sentAt(), now, cluster, stackLocation);
  }

  /** The one of the later request; of one request, the one that was written later. */
  Claim later(Claim other) {
    return BY_SENT_AT.compare(this, other) < 0 ? other : this;
  }

  /**
   * Whether the claim is for the provider of a cluster.
   *
   * @param name {@code <Region>/<name>}; a claim is never for an unnamed cluster
   */
  public boolean isFor(Optional<String> name) {
    return name.isPresent() && cluster.equals(name);
  }

  /** Whether a stack of CloudFormation wrote it, and not a tool that sends the same requests. */
  public boolean isOfStack() {
    return stackLocation.filter(NO_STACK::equals).isEmpty();
  }

  /**
   * The Region of the stack; empty if the claim does not say, or if there is no stack.
   *
   * @return the stack's own if it is recorded, otherwise the cluster's
   */
  public Optional<String> stackRegion() {
    return stackLocation
        .or(() -> cluster.map(c -> c.split("/", 2)[0]))
        .filter(_ -> isOfStack())
        .map(location -> location.split(":", 2)[0]);
  }

  /** The account of the stack, if it is another one than the provider's. */
  public Optional<String> stackAccount() {
    return stackLocation.filter(location -> location.contains(":")).map(l -> l.split(":", 2)[1]);
  }

  /**
   * Reads a tag's value, which anybody can have written who may tag the provider.
   *
   * @param readAt when the tag was read
   * @return empty if the value is not exactly one that the function can have written until then
   */
  static Optional<Claim> parse(String value, Instant readAt) {
    Matcher parts = VALUE.matcher(value);
    if (!parts.matches() || !ProviderTags.isStorable(value)) {
      return Optional.empty();
    }
    return TagTime.parse(parts.group("sent"))
        .filter(sent -> TagTime.isSane(sent, readAt, Duration.ZERO))
        .flatMap(sent -> parse(parts, sent))
        .filter(claim -> TagTime.isSane(claim.writtenAt, readAt, Duration.ZERO))
        // A claim has one value: times have one form, and the owner is cut at one place.
        .filter(claim -> claim.value().equals(value));
  }

  private static Optional<Claim> parse(Matcher parts, Instant sent) {
    Optional<Duration> after = duration(parts.group("after"));
    String stack = parts.group("stackRegion");
    if (after.isEmpty()
        || !isRegion(parts.group("region"))
        || !(NO_STACK.equals(parts.group("stack")) || isRegion(stack))) {
      return Optional.empty();
    }
    return Stream.of(Origin.values())
        .filter(origin -> origin.text.equals(parts.group("origin")))
        .findFirst()
        .map(
            origin ->
                new Claim(
                    parts.group("owner"),
                    origin,
                    parts.group("request"),
                    sent,
                    sent.plus(after.get()),
                    Optional.ofNullable(parts.group("cluster")),
                    Optional.ofNullable(parts.group("stack"))));
  }

  private static Optional<Duration> duration(String text) {
    try {
      return Optional.of(text == null ? Duration.ZERO : Duration.parse(text))
          .filter(after -> after.compareTo(LATEST_WRITE) <= 0);
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private static boolean isRegion(String text) {
    return text == null || Partition.ofRegion(text).isPresent();
  }

  /** The tag's value. */
  String value() {
    String rest =
        " "
            + origin.text
            + " "
            + requestId
            + " "
            + sentAt
            + (writtenAt.equals(sentAt) ? "" : "/" + Duration.between(sentAt, writtenAt))
            + cluster.map(c -> " " + c).orElse("")
            + stackLocation.map(l -> " " + l).orElse("");
    int room = ProviderTags.MAX_VALUE_LENGTH - rest.length();
    return (owner.length() <= room ? owner : owner.substring(0, Math.max(0, room))) + rest;
  }
}
