package io.github.eksoidc.lambda;

import io.github.eksoidc.invocation.InvocationContext;
import io.github.eksoidc.invocation.RequestRunner;
import io.github.eksoidc.priming.Priming;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * What happens around a snapshot of Lambda SnapStart: before it, everything is done over and over
 * that a request does, and the clients are then made anew, so that they hold no connection, no
 * credentials, no measured clock and no state of retries. What is random is drawn afresh after each
 * restore, where it is needed: {@link RequestRunner} and {@link InvocationContext#nonce} see to
 * that.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
public final class SnapStartHooks implements Resource {

  private final Runnable renew;

  private SnapStartHooks(Runnable renew) {
    this.renew = renew;
  }

  /**
   * Has it called at the snapshot, for as long as what is returned is held.
   *
   * @param renew makes anew what must not be shared between restored copies
   */
  static Object register(Runnable renew) {
    SnapStartHooks snapshot = new SnapStartHooks(renew);
    Core.getGlobalContext().register(snapshot);
    return snapshot;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    try {
      Priming.run();
      renew.run();
    } catch (Throwable e) {
      // A function that starts slower is better than none.
      System.err.println("Priming failed: " + e.getClass().getName());
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    RequestRunner.afterRestore();
  }
}
