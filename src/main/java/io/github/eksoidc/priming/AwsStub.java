package io.github.eksoidc.priming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.ownership.OwnershipTags;
import io.github.eksoidc.resource.LogicalResource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A stub of EKS, IAM and the response bucket for {@link Priming}, in the same process. It has one
 * cluster and one provider, and keeps only the provider's tags.
 */
public final class AwsStub implements AutoCloseable {

  // An account that does not exist, so that the ARNs can't be those of real resources.
  static final String FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:priming";
  static final String STACK = "arn:aws:cloudformation:eu-west-1:000000000000:stack/priming/1";
  private static final String ISSUER =
      "oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000";
  static final String ARN = "arn:aws:iam::000000000000:oidc-provider/" + ISSUER;

  static final String CREDENTIALS = "/credentials";

  private static final String CLUSTER =
      """
      {"cluster": {"name": "priming", "arn": "arn:aws:eks:eu-west-1:000000000000:cluster/priming",
       "status": "ACTIVE", "version": "1.33", "createdAt": 1767225600.123, "endpoint": "https://none",
       "roleArn": "arn:aws:iam::000000000000:role/none", "platformVersion": "eks.1",
       "identity": {"oidc": {"issuer": "https://%s"}}, "tags": {"a": "b"}, "health": {"issues": []},
       "resourcesVpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": true},
       "kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.100.0.0/16", "ipFamily": "ipv4"},
       "logging": {"clusterLogging": [{"types": ["api"], "enabled": false}]},
       "certificateAuthority": {"data": "bm9uZQ=="}, "accessConfig": {"authenticationMode": "API"}}}
      """
          .formatted(ISSUER);

  private final HttpServer server;
  private final Map<String, String> tags = new LinkedHashMap<>();

  private volatile boolean closing;

  private AwsStub(HttpServer server) {
    this.server = server;
    Claimant claimant = Claimant.of(new LogicalResource(STACK, "Priming"));
    tags.put(OwnershipTags.MANAGED, "true");
    tags.put(
        claimant.key("earlier"),
        claimant.owner() + " Create earlier 2026-01-01T00:00:00Z eu-west-1/priming");
  }

  static AwsStub start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AwsStub aws = new AwsStub(server);
    server.createContext("/", aws::handle);
    server.start();
    return aws;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  String responseUrl() {
    return endpoint() + "/response";
  }

  /** Closes each connection after its next response, so that none stays open. */
  void closeConnections() {
    closing = true;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      byte[] body =
          switch (exchange.getRequestMethod()) {
            case "GET" ->
                (exchange.getRequestURI().getPath().equals(CREDENTIALS) ? credentials() : CLUSTER)
                    .getBytes(UTF_8);
            case "POST" -> iam(form(request)).getBytes(UTF_8);
            default -> new byte[0];
          };
      if (closing) {
        exchange.getResponseHeaders().set("Connection", "close");
      }
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String credentials() {
    return """
        {"AccessKeyId": "none", "SecretAccessKey": "none", "Token": "none", "Expiration": "%s"}
        """
        .formatted(Instant.now().plus(Duration.ofHours(1)));
  }

  private String iam(Map<String, String> form) {
    String action = form.getOrDefault("Action", "");
    String result =
        switch (action) {
          case "CreateOpenIDConnectProvider" ->
              "<OpenIDConnectProviderArn>" + ARN + "</OpenIDConnectProviderArn>";
          case "GetOpenIDConnectProvider" -> provider();
          case "TagOpenIDConnectProvider" -> {
            for (int i = 1; form.containsKey("Tags.member." + i + ".Key"); i++) {
              tags.put(
                  form.get("Tags.member." + i + ".Key"), form.get("Tags.member." + i + ".Value"));
            }
            yield "";
          }
          case "UntagOpenIDConnectProvider" -> {
            for (int i = 1; form.containsKey("TagKeys.member." + i); i++) {
              tags.remove(form.get("TagKeys.member." + i));
            }
            yield "";
          }
          case "DeleteOpenIDConnectProvider" -> {
            tags.keySet().removeIf(key -> key.startsWith(OwnershipTags.LEASE));
            yield "";
          }
          default -> "";
        };
    return """
        <%1$sResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\
        <%1$sResult>%2$s</%1$sResult>\
        <ResponseMetadata><RequestId>priming</RequestId></ResponseMetadata></%1$sResponse>
        """
        .formatted(action, result);
  }

  private String provider() {
    StringBuilder members = new StringBuilder();
    tags.forEach(
        (key, value) ->
            members.append(
                "<member><Key>%s</Key><Value>%s</Value></member>".formatted(key, value)));
    return """
        <Url>%s</Url><ClientIDList><member>sts.amazonaws.com</member></ClientIDList>\
        <ThumbprintList/><CreateDate>2026-01-01T00:00:00Z</CreateDate><Tags>%s</Tags>"""
        .formatted(ISSUER, members);
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return form;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
