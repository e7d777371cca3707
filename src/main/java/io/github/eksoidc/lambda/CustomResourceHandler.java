package io.github.eksoidc.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.invocation.EventHandler;
import io.github.eksoidc.invocation.ResponseNotDeliveredException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The Lambda handler. Every event that says where to answer gets one answer there; an event that
 * does not gets an error as the function's result.
 */
public final class CustomResourceHandler implements RequestStreamHandler {

  private final EventHandler eventHandler = new EventHandler(this::clients);

  private AwsClients clients;

  /** Held, since those who call it at a snapshot hold it by a weak reference only. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private Object snapshot;

  /** Called once by Lambda, when it starts the function's process. */
  public CustomResourceHandler() {
    try {
      clients();
      if (isRestored()) {
        snapshot = SnapStartHooks.register(this::renew);
      }
    } catch (Throwable _) {
      // Tried again by the first request, which answers with the cause.
    }
  }

  /**
   * Handles one event.
   *
   * @throws ResponseNotDeliveredException if the answer could not be delivered: so Lambda tries
   *     again, and at last hands the event to the on-failure destination
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    eventHandler.handle(input.readAllBytes(), output, context, System.out);
  }

  /** Gives up the clients, and all that they remember, for new ones. */
  private synchronized void renew() {
    clients().close();
    clients = null;
    clients().await();
  }

  private synchronized AwsClients clients() {
    if (clients == null) {
      clients = new AwsClients(System.getenv("AWS_REGION"), isRestored());
    }
    return clients;
  }

  /** Whether this process is to be a snapshot, or was one. */
  private static boolean isRestored() {
    return "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
  }
}
