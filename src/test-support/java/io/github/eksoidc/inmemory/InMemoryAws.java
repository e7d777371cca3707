package io.github.eksoidc.inmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * One account of AWS on a port of loopback: IAM, EKS, CloudFormation, the response bucket, and a
 * Runtime API for each function process.
 */
public final class InMemoryAws implements AutoCloseable {

  /** The path of the credentials of a function that SnapStart has restored. */
  public static final String CREDENTIALS = "/credentials";

  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/([a-z]+)/aws4_request, .*");

  private final String partition;
  private final String account;
  private final String region;
  private final InMemoryIam iam;
  private final InMemoryEks eks;
  private final InMemoryCloudFormation cloudFormation = new InMemoryCloudFormation();
  private final ResponseBucket bucket = new ResponseBucket();
  private final Faults faults = new Faults();
  private final Set<String> denied = ConcurrentHashMap.newKeySet();
  private final Set<String> urls = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new ArrayList<>();
  private final AtomicInteger credentialRequests = new AtomicInteger();
  private final Map<Integer, RuntimeApi> runtimes = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final QueuedThreadPool threads = new QueuedThreadPool(256, 4);
  private final Server server;

  /** Starts an account in the partition {@code aws}. */
  public static InMemoryAws start() {
    return start("aws", "eu-west-1", "111122223333");
  }

  public static InMemoryAws start(String partition, String region, String account) {
    try {
      InMemoryAws aws = new InMemoryAws(partition, region, account);
      aws.server.start();
      return aws;
    } catch (Exception e) {
      throw new IllegalStateException("The in-memory AWS does not start", e);
    }
  }

  private InMemoryAws(String partition, String region, String account) {
    this.partition = partition;
    this.region = region;
    this.account = account;
    this.iam = new InMemoryIam(partition, account, InstantSource.system());
    this.eks = new InMemoryEks(partition, account);
    threads.setDaemon(true);
    server = new Server(threads);
    addConnector();
    server.setHandler(new Front());
  }

  private ServerConnector addConnector() {
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    server.addConnector(connector);
    return connector;
  }

  /** Starts a Runtime API on its own port, for one function process. */
  public RuntimeEndpoint addRuntime() {
    try {
      ServerConnector connector = addConnector();
      connector.start();
      RuntimeApi api =
          new RuntimeApi(
              "arn:%s:lambda:%s:%s:function:eks-oidc-provider:live"
                  .formatted(partition, region, account));
      runtimes.put(connector.getLocalPort(), api);
      return new RuntimeEndpoint(
          api, "127.0.0.1:" + connector.getLocalPort(), () -> remove(connector, api));
    } catch (Exception e) {
      throw new IllegalStateException("The Runtime API does not start", e);
    }
  }

  /** Starts a proxy that all hosts are reached by, each of which this account answers for. */
  public RecordingProxy addProxy(Path keyStore, String password) {
    try {
      SslContextFactory.Server tls = new SslContextFactory.Server();
      tls.setKeyStorePath(keyStore.toString());
      tls.setKeyStorePassword(password);
      ServerConnector connector = new ServerConnector(server, 1, 1, tls);
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      connector.start();
      return RecordingProxy.start(connector.getLocalPort());
    } catch (Exception e) {
      throw new IllegalStateException("The proxy does not start", e);
    }
  }

  private void remove(ServerConnector connector, RuntimeApi api) {
    api.stop();
    try {
      connector.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The Runtime API does not stop", e);
    }
    server.removeConnector(connector);
  }

  /**
   * A Runtime API and its address.
   *
   * @param removal releases its port and threads after its function process has ended
   */
  public record RuntimeEndpoint(RuntimeApi api, String address, Runnable removal) {}

  public String region() {
    return region;
  }

  public String account() {
    return account;
  }

  public InMemoryIam iam() {
    return iam;
  }

  public InMemoryEks eks() {
    return eks;
  }

  public InMemoryCloudFormation cloudFormation() {
    return cloudFormation;
  }

  public ResponseBucket bucket() {
    return bucket;
  }

  public Faults faults() {
    return faults;
  }

  /**
   * The actions that the function's role may not call: {@code iam:*} means all actions of IAM, and
   * {@code eks:ListClusters@eu-west-1} this action in this Region.
   */
  public Set<String> denied() {
    return denied;
  }

  /** Returns every call in its order, without those of the Runtime API. */
  public List<Call> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** Returns how often functions have requested credentials, which they do after a restore. */
  public int credentialRequests() {
    return credentialRequests.get();
  }

  /** Forgets all calls and response URLs. */
  public void forget() {
    synchronized (calls) {
      calls.clear();
    }
    urls.clear();
  }

  /** Returns the endpoint of IAM and EKS. */
  public String endpoint() {
    return "http://127.0.0.1:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  /** Returns a pre-signed URL for one response. */
  public String responseUrl(String key) {
    String url = endpoint() + ResponseBucket.PATH + key + "?" + ResponseBucket.query(key);
    urls.add(url);
    return url;
  }

  /** Returns every response URL so far. No log may contain one. */
  public Set<String> responseUrls() {
    return Set.copyOf(urls);
  }

  @Override
  public void close() {
    closed.countDown();
    runtimes.values().forEach(RuntimeApi::stop);
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Front extends Handler.Abstract {

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      byte[] body = bytes(Content.Source.asByteBuffer(request));
      String path = Request.getPathInContext(request);
      if (path.startsWith(RuntimeApi.PATH)) {
        RuntimeApi api = runtimes.get(Request.getLocalPort(request));
        write(response, api.handle(path, body), callback);
        return true;
      }
      if (path.equals(CREDENTIALS)) {
        credentialRequests.incrementAndGet();
        write(response, credentials(request), callback);
        return true;
      }
      String requestId = UUID.randomUUID().toString();
      Service service = service(request, path, body, requestId);
      respond(service, requestId, request, response, callback);
      return true;
    }

    private Reply credentials(Request request) {
      if (isDenied("credentials:Get")
          || !"token-EXAMPLE".equals(request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
        return new Reply(401, Map.of(), new byte[0]);
      }
      return Reply.of(
          200,
          "application/json",
          """
          {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Token": "FwoGZXIvYXdzEXAMPLE",
           "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
           "Expiration": "%s"}
          """
              .formatted(Instant.now().plus(Duration.ofHours(6))),
          "credentials");
    }

    private void respond(
        Service service, String requestId, Request request, Response response, Callback callback)
        throws Exception {
      Optional<Fault> fault = faults.of(service.action());
      switch (fault.orElse(null)) {
        case Fault.Drop _, Fault.Reset _ -> {
          record(service, fault.get().getClass().getSimpleName());
          abort(request, fault.get() instanceof Fault.Reset, callback);
        }
        case Fault.Hang _ -> {
          record(service, "Hang");
          closed.await();
          abort(request, false, callback);
        }
        case Fault.HangAfter _ -> {
          perform(service, requestId);
          closed.await();
          abort(request, false, callback);
        }
        case Fault.ErrorResponse(int status, String code) -> {
          record(service, code);
          write(
              response,
              service.error(new AwsError(code, status, "Injected " + code), requestId),
              callback);
        }
        case Fault.Denied(String action, String because) -> {
          AwsError denial = denial(action, because);
          record(service, denial.code());
          write(response, service.error(denial, requestId), callback);
        }
        case Fault.Redirect(String location) -> {
          record(service, "Redirect");
          write(response, new Reply(307, Map.of("Location", location), new byte[0]), callback);
        }
        case Fault.Delay(var by) -> {
          Thread.sleep(by);
          write(response, perform(service, requestId), callback);
        }
        case Fault.ResetAfter _ -> {
          perform(service, requestId);
          abort(request, true, callback);
        }
        case Fault.Cut _ -> cut(perform(service, requestId), request, response, callback);
        case null -> write(response, perform(service, requestId), callback);
      }
    }

    private Reply perform(Service service, String requestId) {
      try {
        if (isDenied(service.action())
            || denied.contains(service.action() + "@" + service.region())) {
          throw denial(service.action(), "with an explicit deny in an identity-based policy");
        }
        Reply reply = service.perform();
        record(service, "OK");
        return reply;
      } catch (AwsError e) {
        record(service, e.code());
        return service.error(e, requestId);
      }
    }

    private AwsError denial(String action, String because) {
      return new AwsError(
          action.startsWith("eks:") ? "AccessDeniedException" : "AccessDenied",
          403,
          "User: arn:%s:sts::%s:assumed-role/function/eks-oidc-provider is not authorized to perform: %s on resource: * %s"
              .formatted(partition, account, action, because));
    }

    private boolean isDenied(String action) {
      return denied.contains(action)
          || denied.contains(action.substring(0, action.indexOf(':') + 1) + "*");
    }

    private void record(Service service, String outcome) {
      synchronized (calls) {
        calls.add(new Call(service.action(), service.region(), outcome));
      }
    }

    private Service service(Request request, String path, byte[] body, String requestId) {
      if (path.startsWith(ResponseBucket.PATH)) {
        return new Service(
            "bucket:Put",
            "",
            () ->
                bucket.handle(
                    request.getMethod(),
                    path.substring(ResponseBucket.PATH.length()),
                    Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE))
                        .orElse(""),
                    Optional.ofNullable(request.getHttpURI().getQuery()).orElse(""),
                    body),
            (error, _) -> ResponseBucket.error(error));
      }
      Matcher credential =
          CREDENTIAL.matcher(
              Optional.ofNullable(request.getHeaders().get(HttpHeader.AUTHORIZATION)).orElse(""));
      String signedFor = credential.matches() ? credential.group(1) : "";
      String service = credential.matches() ? credential.group(2) : "";
      if (request.getMethod().equals("GET") && path.startsWith("/clusters/")) {
        return new Service(
            "eks:DescribeCluster",
            signedFor,
            () -> {
              checkSigned(service, "eks");
              return eks.describe(signedFor, path.substring("/clusters/".length()), requestId);
            },
            InMemoryEks::error);
      }
      if (request.getMethod().equals("GET") && path.equals("/clusters")) {
        return new Service(
            "eks:ListClusters",
            signedFor,
            () -> {
              checkSigned(service, "eks");
              return eks.list(signedFor, nextToken(request), requestId);
            },
            InMemoryEks::error);
      }
      Map<String, String> form = IamQuery.form(new String(body, UTF_8));
      if (service.equals("cloudformation")) {
        return new Service(
            "cloudformation:" + form.getOrDefault("Action", "?"),
            signedFor,
            () -> cloudFormation.handle(signedFor, form, requestId),
            IamQuery::error);
      }
      return new Service(
          "iam:" + form.getOrDefault("Action", "?"),
          signedFor,
          () -> {
            checkSigned(service, "iam");
            return new IamQuery(iam).handle(form, requestId);
          },
          IamQuery::error);
    }

    private static String nextToken(Request request) {
      return Optional.ofNullable(Request.extractQueryParameters(request).getValue("nextToken"))
          .orElse("");
    }

    private static void checkSigned(String service, String expected) {
      if (!service.equals(expected)) {
        throw new AwsError(
            "MissingAuthenticationToken", 403, "Request is missing Authentication Token");
      }
    }

    private static void write(Response response, Reply reply, Callback callback) {
      response.setStatus(reply.status());
      reply.headers().forEach(response.getHeaders()::put);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
      response.write(true, ByteBuffer.wrap(reply.body()), callback);
    }

    private static void cut(Reply reply, Request request, Response response, Callback callback)
        throws IOException {
      response.setStatus(reply.status());
      reply.headers().forEach(response.getHeaders()::put);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length + 1L);
      ByteBuffer half = ByteBuffer.wrap(reply.body(), 0, reply.body().length / 2);
      response.write(
          false,
          half,
          Callback.from(
              () -> abortQuietly(request, callback), _ -> abortQuietly(request, callback)));
    }

    private static void abortQuietly(Request request, Callback callback) {
      try {
        abort(request, false, callback);
      } catch (IOException e) {
        callback.failed(e);
      }
    }

    private static void abort(Request request, boolean reset, Callback callback)
        throws IOException {
      EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
      if (reset && endPoint.getTransport() instanceof SocketChannel channel) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      endPoint.close();
      callback.failed(new IOException("The connection was closed on purpose"));
    }

    private static byte[] bytes(ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }

  private record Service(
      String action,
      String region,
      java.util.function.Supplier<Reply> performing,
      java.util.function.BiFunction<AwsError, String, Reply> failing) {

    Reply perform() {
      return performing.get();
    }

    Reply error(AwsError error, String requestId) {
      return failing.apply(error, requestId);
    }
  }
}
