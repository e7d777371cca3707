package io.github.eksoidc.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.eksoidc.resource.DeadlineExceededException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * Calls CloudFormation by its Query protocol, over the SDK's HTTP client, signer and retries. The
 * SDK's own client would add 3 MB to the package, for two read-only calls.
 */
final class CloudFormationApi {

  private static final String VERSION = "2010-05-15";

  private final AwsClients clients;

  CloudFormationApi(AwsClients clients) {
    this.clients = requireNonNull(clients, "clients is null");
  }

  /**
   * A response.
   *
   * @param result the element {@code <action>Result}
   */
  record QueryResponse(Element result, String requestId) {

    /** The {@code member} elements of a list. */
    List<Element> members(String list) {
      return child(result, list).stream().flatMap(element -> children(element, "member")).toList();
    }

    /** The text of an element of the result; empty if there is none. */
    Optional<String> text(String name) {
      return child(result, name).map(Node::getTextContent).filter(text -> !text.isEmpty());
    }
  }

  /** Returns the text of an element within another; an empty string if there is none. */
  static String text(Element parent, String name) {
    return child(parent, name).map(Node::getTextContent).orElse("");
  }

  private static Optional<Element> child(Element parent, String name) {
    return children(parent, name).findFirst();
  }

  private static Stream<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element && name.equals(element.getLocalName())) {
        found.add(element);
      }
    }
    return found.stream();
  }

  /**
   * Calls an action, and repeats it as the SDK's clients do.
   *
   * @throws SdkException if it fails for good
   */
  QueryResponse call(String region, String action, Map<String, String> parameters) {
    RetryStrategy retries = AwsClients.retryStrategy();
    var first = retries.acquireInitialToken(AcquireInitialTokenRequest.create(action));
    RetryToken token = first.token();
    sleep(first.delay());
    while (true) {
      try {
        return attempt(region, action, parameters);
      } catch (SdkException e) {
        try {
          var next =
              retries.refreshRetryToken(
                  RefreshRetryTokenRequest.builder().token(token).failure(e).build());
          token = next.token();
          sleep(next.delay());
        } catch (TokenAcquisitionFailedException _) {
          throw e;
        }
      }
    }
  }

  private QueryResponse attempt(String region, String action, Map<String, String> parameters) {
    Map<String, String> form = new TreeMap<>(parameters);
    form.put("Action", action);
    form.put("Version", VERSION);
    byte[] body =
        form.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"))
            .getBytes(UTF_8);
    try {
      HttpExecuteResponse response =
          clients.send(
              "cloudformation",
              region,
              SdkHttpFullRequest.builder()
                  .method(SdkHttpMethod.POST)
                  .uri(endpoint(region))
                  .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                  .putHeader("Content-Length", String.valueOf(body.length))
                  .contentStreamProvider(() -> new ByteArrayInputStream(body))
                  .build());
      byte[] bytes;
      try (InputStream content =
          response
              .responseBody()
              .map(InputStream.class::cast)
              .orElse(InputStream.nullInputStream())) {
        bytes = content.readAllBytes();
      }
      int status = response.httpResponse().statusCode();
      if (!response.httpResponse().isSuccessful()) {
        throw error(status, bytes);
      }
      Element root = parse(bytes).getDocumentElement();
      return new QueryResponse(
          child(root, action + "Result").orElse(root),
          child(root, "ResponseMetadata").map(m -> text(m, "RequestId")).orElse(""));
    } catch (IOException | SAXException e) {
      throw SdkClientException.create("Unable to unmarshall response or to read it", e);
    }
  }

  private static AwsServiceException error(int status, byte[] bytes) {
    String code = null;
    String message = "HTTP status " + status;
    String requestId = null;
    try {
      Element root = parse(bytes).getDocumentElement();
      Optional<Element> error = child(root, "Error");
      code = error.map(e -> text(e, "Code")).filter(text -> !text.isEmpty()).orElse(null);
      message = error.map(e -> text(e, "Message")).orElse(message);
      requestId = text(root, "RequestId");
    } catch (IOException | SAXException _) {
      // A truncated error: without a code, it is retried.
    }
    return AwsServiceException.builder()
        .message(message)
        .statusCode(status)
        .requestId(requestId)
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .serviceName("CloudFormation")
                .errorCode(code)
                .errorMessage(message)
                .build())
        .build();
  }

  private static Document parse(byte[] bytes) throws IOException, SAXException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      // The default handler prints errors.
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(bytes));
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the endpoint of the SDK's settings, or AWS's own. */
  private static URI endpoint(String region) {
    return Stream.of("AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_ENDPOINT_URL")
        .map(System::getenv)
        .filter(url -> url != null && !url.isEmpty())
        .findFirst()
        .map(URI::create)
        .orElseGet(
            () ->
                URI.create(
                    "https://cloudformation.%s.%s/"
                        .formatted(region, PartitionMetadata.of(Region.of(region)).dnsSuffix())));
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadlineExceededException(
          "The function reached its deadline while it was calling CloudFormation.");
    }
  }
}
