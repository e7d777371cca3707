package io.github.eksoidc.lambda;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * What happens around a snapshot of Lambda SnapStart: before it, everything is done once that a
 * request does; after each restore, what its copies must not share is made anew.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
final class Snapshot implements Resource {

  private final Runnable renew;

  private Snapshot(Runnable renew) {
    this.renew = renew;
  }

  /**
   * Has it called at the snapshot, for as long as what is returned is held.
   *
   * @param renew makes anew what holds connections, credentials, random seeds and measured clocks
   */
  static Object register(Runnable renew) {
    Snapshot snapshot = new Snapshot(renew);
    Core.getGlobalContext().register(snapshot);
    return snapshot;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    try {
      Priming.run();
    } catch (Throwable e) {
      // A function that starts slower is better than none.
      System.err.println("Priming failed: " + e.getClass().getName());
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    try {
      renew.run();
    } catch (RuntimeException e) {
      // Tried again by the first request, which answers with the cause.
    }
  }
}
