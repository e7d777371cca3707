package io.github.eksoidc.cloudformation;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the answer goes. It is a credential: whoever has it can answer for the resource. So it has
 * no text of its own.
 */
public final class ResponseUrl {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(0{0,4}:){2,7}0{0,3}1]");

  private final URL url;

  private ResponseUrl(URL url) {
    this.url = url;
  }

  /**
   * Takes a pre-signed URL.
   *
   * @return empty if it is no {@code https} URL, nor an {@code http} one of this machine
   */
  public static Optional<ResponseUrl> of(String text) {
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
      // Not handed on: its message quotes the URL.
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
