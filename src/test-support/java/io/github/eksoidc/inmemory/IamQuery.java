package io.github.eksoidc.inmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** IAM's Query protocol: form requests, XML responses. */
final class IamQuery {

  private static final String NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/";

  private final InMemoryIam iam;

  IamQuery(InMemoryIam iam) {
    this.iam = iam;
  }

  /** Parses a form. */
  static Map<String, String> form(String body) {
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

  /** Performs the action of a form. */
  Reply handle(Map<String, String> form, String requestId) {
    String action = form.getOrDefault("Action", "");
    String arn = form.getOrDefault("OpenIDConnectProviderArn", "");
    String result =
        switch (action) {
          case "CreateOpenIDConnectProvider" -> {
            String created =
                iam.create(
                    form.getOrDefault("Url", ""),
                    list(form, "ClientIDList"),
                    list(form, "ThumbprintList"),
                    tags(form));
            yield element("OpenIDConnectProviderArn", created);
          }
          case "GetOpenIDConnectProvider" -> provider(iam.get(arn));
          case "DeleteOpenIDConnectProvider" -> {
            iam.delete(arn);
            yield "";
          }
          case "ListOpenIDConnectProviders" -> {
            StringBuilder members = new StringBuilder();
            iam.list()
                .forEach(
                    a -> members.append("<member>").append(element("Arn", a)).append("</member>"));
            yield "<OpenIDConnectProviderList>" + members + "</OpenIDConnectProviderList>";
          }
          case "AddClientIDToOpenIDConnectProvider" -> {
            iam.addAudience(arn, form.getOrDefault("ClientID", ""));
            yield "";
          }
          case "RemoveClientIDFromOpenIDConnectProvider" -> {
            iam.removeAudience(arn, form.getOrDefault("ClientID", ""));
            yield "";
          }
          case "UpdateOpenIDConnectProviderThumbprint" -> {
            iam.replaceThumbprints(arn, list(form, "ThumbprintList"));
            yield "";
          }
          case "TagOpenIDConnectProvider" -> {
            iam.tag(arn, tags(form));
            yield "";
          }
          case "UntagOpenIDConnectProvider" -> {
            iam.untag(arn, new LinkedHashSet<>(list(form, "TagKeys")));
            yield "";
          }
          default ->
              throw new AwsError(
                  "InvalidAction",
                  400,
                  "Could not find operation %s for version %s"
                      .formatted(action, form.get("Version")));
        };
    String body =
        """
        <%1$sResponse xmlns="%2$s">
          <%1$sResult>%3$s</%1$sResult>
          <ResponseMetadata><RequestId>%4$s</RequestId></ResponseMetadata>
        </%1$sResponse>
        """
            .formatted(action, NAMESPACE, result, requestId);
    return Reply.of(200, "text/xml", body, requestId);
  }

  static Reply error(AwsError error, String requestId) {
    String body =
        """
        <ErrorResponse xmlns="%s">
          <Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error>
          <RequestId>%s</RequestId>
        </ErrorResponse>
        """
            .formatted(
                NAMESPACE,
                error.status() < 500 ? "Sender" : "Receiver",
                escaped(error.code()),
                escaped(error.getMessage()),
                requestId);
    return Reply.of(error.status(), "text/xml", body, requestId);
  }

  private static String provider(InMemoryIam.Entry entry) {
    return element("Url", entry.url())
        + members("ClientIDList", entry.audiences())
        + members("ThumbprintList", entry.thumbprints())
        + element("CreateDate", entry.created().toString())
        + "<Tags>"
        + tagMembers(entry.tags())
        + "</Tags>";
  }

  private static String tagMembers(Map<String, String> tags) {
    StringBuilder members = new StringBuilder();
    tags.forEach(
        (key, value) ->
            members
                .append("<member>")
                .append(element("Key", key))
                .append(element("Value", value))
                .append("</member>"));
    return members.toString();
  }

  private static String members(String name, List<String> values) {
    StringBuilder members = new StringBuilder("<" + name + ">");
    values.forEach(value -> members.append(element("member", value)));
    return members.append("</").append(name).append('>').toString();
  }

  static String element(String name, String text) {
    return "<%s>%s</%s>".formatted(name, escaped(text), name);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static List<String> list(Map<String, String> form, String name) {
    List<String> values = new ArrayList<>();
    for (int i = 1; form.containsKey(name + ".member." + i); i++) {
      values.add(form.get(name + ".member." + i));
    }
    return values;
  }

  private static Map<String, String> tags(Map<String, String> form) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 1; form.containsKey("Tags.member." + i + ".Key"); i++) {
      String key = form.get("Tags.member." + i + ".Key");
      if (tags.put(key, form.getOrDefault("Tags.member." + i + ".Value", "")) != null) {
        throw new AwsError("InvalidInput", 400, "Duplicate tag keys found.");
      }
    }
    return tags;
  }
}
