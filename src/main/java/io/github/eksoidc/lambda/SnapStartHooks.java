package io.github.eksoidc.lambda;

import io.github.eksoidc.invocation.RandomNumbers;
import io.github.eksoidc.priming.Priming;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * The runtime hooks of Lambda SnapStart. Before the snapshot, they run the priming. It has clients
 * of its own, and the function's clients make no call before the restore, so the snapshot contains
 * no connection, credentials or clock skew. Random values are generated after the restore: see
 * {@link RandomNumbers}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
public final class SnapStartHooks implements Resource {

  private SnapStartHooks() {}

  /**
   * Registers the hooks.
   *
   * @return the hooks, which stay registered as long as the caller holds them
   */
  static Object register() {
    SnapStartHooks hooks = new SnapStartHooks();
    Core.getGlobalContext().register(hooks);
    return hooks;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    try {
      Priming.beforeSnapshot();
    } catch (Throwable e) {
      // Without priming the function works, but starts slower.
      System.err.println("Priming failed: " + e.getClass().getName());
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    RandomNumbers.afterRestore();
  }
}
