package benchmark;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The least that a handler in Java can do: sends the response. No JSON library, no AWS. */
public final class Floor implements RequestStreamHandler {

  private static final Pattern URL = Pattern.compile("\"ResponseURL\"\\s*:\\s*\"([^\"]+)\"");

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    Matcher url = URL.matcher(new String(input.readAllBytes(), StandardCharsets.UTF_8));
    if (!url.find()) {
      return;
    }
    byte[] body =
        "{\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\"floor\"}"
            .getBytes(StandardCharsets.UTF_8);
    var connection = (HttpURLConnection) URI.create(url.group(1)).toURL().openConnection();
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    connection.getResponseCode();
  }
}
