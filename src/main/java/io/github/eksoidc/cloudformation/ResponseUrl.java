package io.github.eksoidc.cloudformation;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pre-signed URL for a response. It is a credential: everyone who knows it can respond for the
 * resource. So {@link #toString} does not contain it.
 */
public final class ResponseUrl {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(0{0,4}:){2,7}0{0,3}1]");

  /** Signature Version 4 in the query (IAM User Guide, "Create a signed AWS API request"). */
  private static final Pattern SIGNED_AT =
      Pattern.compile("(?:^|&)X-Amz-Date=([0-9]{8}T[0-9]{6}Z)(?:&|$)");

  /** The most that a function can be configured for: Lambda discards an event of this age. */
  private static final Duration MAX_EVENT_AGE = Duration.ofHours(6);

  /** Of the clocks of CloudFormation and Lambda, at the most. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(30);

  private static final DateTimeFormatter SIGNATURE_TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final URL url;

  private ResponseUrl(URL url) {
    this.url = url;
  }

  /**
   * Parses a pre-signed URL.
   *
   * @return empty if the text is neither an {@code https} URL nor an {@code http} URL of loopback
   */
  public static Optional<ResponseUrl> parse(String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(text);
      if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null) {
        return Optional.empty();
      }
      boolean usable =
          switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
            case "https" -> true;
            case "http" -> LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
            default -> false;
          };
      return usable ? Optional.of(new ResponseUrl(uri.toURL())) : Optional.empty();
    } catch (URISyntaxException | MalformedURLException | IllegalArgumentException e) {
      // The exception is dropped because its message quotes the URL.
      return Optional.empty();
    }
  }

  /** Whether the text is a URL without encryption, such as emulators of CloudFormation send. */
  public static boolean isPlainHttp(String text) {
    return text != null && text.toLowerCase(Locale.ROOT).startsWith("http://");
  }

  /**
   * When CloudFormation sent the request, which is when it signed the URL, in whole seconds. If the
   * URL does not say, or says what can't be, this is the present.
   */
  public Instant sentAt(Instant now) {
    return signedAt()
        .filter(at -> at.isBefore(now.plus(CLOCK_DIFFERENCE)))
        .filter(at -> at.isAfter(now.minus(MAX_EVENT_AGE)))
        .orElse(now);
  }

  private Optional<Instant> signedAt() {
    Matcher date = SIGNED_AT.matcher(String.valueOf(url.getQuery()));
    try {
      return date.find()
          ? Optional.of(SIGNATURE_TIME.parse(date.group(1), Instant::from))
          : Optional.empty();
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  URL url() {
    return url;
  }

  @Override
  public String toString() {
    return "(the response URL)";
  }
}
