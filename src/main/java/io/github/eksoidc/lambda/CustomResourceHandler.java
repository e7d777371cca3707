package io.github.eksoidc.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.invocation.EventHandler;
import io.github.eksoidc.invocation.Invocation;
import io.github.eksoidc.invocation.ResponseNotDeliveredException;
import io.github.eksoidc.priming.Priming;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The Lambda handler. It sends one response for every event with a usable response URL; for any
 * other event, the function's result is an error message.
 */
public final class CustomResourceHandler implements RequestStreamHandler {

  /** Lambda always sets it; a function without it fails when it builds its clients. */
  private final String region = Objects.requireNonNullElse(System.getenv("AWS_REGION"), "");

  private final EventHandler eventHandler = new EventHandler(this::clients);

  private AwsClients clients;

  /** A strong reference, because the CRaC context holds its resources by weak references. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private Object snapStartHooks;

  /**
   * Called by Lambda in the init phase, which runs on two processors whatever the memory size.
   * Priming there saves the first request from loading classes on a share of one.
   */
  public CustomResourceHandler() {
    try {
      AwsClients inInit = clients();
      if (isSnapStart()) {
        snapStartHooks = SnapStartHooks.register();
      } else {
        Priming.beforeFirstEvent();
      }
      inInit.await();
    } catch (Throwable e) {
      // The first request works without priming. If the clients can't be built, its response
      // contains the reason.
      System.err.println("Priming failed: " + e.getClass().getName());
    }
  }

  /**
   * Handles one event.
   *
   * @throws ResponseNotDeliveredException if the response could not be delivered, so that Lambda
   *     retries the event and finally sends it to the on-failure destination
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    eventHandler.handle(input.readAllBytes(), output, Invocation.of(context, region), System.out);
  }

  private synchronized AwsClients clients() {
    if (clients == null) {
      clients = new AwsClients(region, isSnapStart());
    }
    return clients;
  }

  /** Whether Lambda takes a snapshot of this process. */
  private static boolean isSnapStart() {
    return "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
  }
}
