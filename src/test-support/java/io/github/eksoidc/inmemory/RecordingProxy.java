package io.github.eksoidc.inmemory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ConnectHandler;
import org.eclipse.jetty.util.Callback;

/** A proxy on loopback that knows which hosts it was asked for, and leads to one port for all. */
public final class RecordingProxy implements AutoCloseable {

  private final Collection<String> hosts = new ConcurrentSkipListSet<>();
  private final Server server = new Server();

  static RecordingProxy start(int destination) throws Exception {
    RecordingProxy proxy = new RecordingProxy();
    HttpConfiguration http = new HttpConfiguration();
    // The JDK's client repeats the host, but not the port, in the header Host.
    http.setHttpCompliance(HttpCompliance.LEGACY);
    ServerConnector connector = new ServerConnector(proxy.server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    proxy.server.addConnector(connector);
    proxy.server.setHandler(proxy.tunnel(destination));
    proxy.server.start();
    return proxy;
  }

  private Handler tunnel(int destination) {
    ConnectHandler tunnel =
        new ConnectHandler(
            new Handler.Abstract() {
              @Override
              public boolean handle(Request request, Response response, Callback callback) {
                hosts.add(request.getHttpURI().getAuthority() + " without TLS");
                Response.writeError(request, response, callback, HttpStatus.BAD_GATEWAY_502);
                return true;
              }
            }) {
          @Override
          protected InetSocketAddress newConnectAddress(String host, int port) {
            hosts.add(host + ":" + port);
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), destination);
          }
        };
    return tunnel;
  }

  public int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  /** Returns the hosts so far, as {@code <host>:<port>}. */
  public Set<String> hosts() {
    return new TreeSet<>(hosts);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
