package io.github.eksoidc.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.github.eksoidc.aws.AwsClients;
import io.github.eksoidc.resource.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The Lambda handler. Every event that says where to answer gets one answer there; an event that
 * does not gets an error as the function's result.
 */
public final class Function implements RequestStreamHandler {

  private static final int LONGEST_CAUSE = 300;

  private AwsClients clients;

  /** Held, since those who call it at a snapshot hold it by a weak reference only. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private Object snapshot;

  /** Called once by Lambda, when it starts the function's process. */
  public Function() {
    try {
      clients();
      if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
        snapshot = Snapshot.register(this::renew);
      }
    } catch (Throwable _) {
      // Tried again by the first request, which answers with the cause.
    }
  }

  /**
   * Handles one event.
   *
   * @throws AnswerNotDelivered if the answer could not be delivered: so Lambda tries again, and at
   *     last hands the event to the on-failure destination
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    new Handling(this::clients, System.out).handle(input.readAllBytes(), output, context);
  }

  /** Gives up the clients, and all that they remember, for new ones. */
  private synchronized void renew() {
    AwsClients old = clients;
    clients = null;
    if (old != null) {
      old.close();
    }
    clients();
  }

  private synchronized AwsClients clients() {
    if (clients == null) {
      try {
        clients = new AwsClients(System.getenv("AWS_REGION"));
      } catch (Throwable e) {
        throw new Refusal(
            ("The function's AWS clients can't be set up: %s. Check the function's environment"
                    + " variables and its package, and deploy it again.")
                .formatted(rootCause(e)),
            e);
      }
    }
    return clients;
  }

  /** Kind and message of what lies at the bottom of a failed start. */
  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return cause.getClass().getName()
        + ": "
        + (message.length() <= LONGEST_CAUSE ? message : message.substring(0, LONGEST_CAUSE));
  }
}
