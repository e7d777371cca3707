package io.github.eksoidc.cloudformation;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The pre-signed URL for a response. It is a credential: everyone who knows it can respond for the
 * resource. So {@link #toString} does not contain it.
 */
public final class ResponseUrl {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(0{0,4}:){2,7}0{0,3}1]");

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

  URL url() {
    return url;
  }

  @Override
  public String toString() {
    return "(the response URL)";
  }
}
