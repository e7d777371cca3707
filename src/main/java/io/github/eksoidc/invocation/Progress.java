package io.github.eksoidc.invocation;

import io.github.eksoidc.resource.DeadlineExceededException;
import java.util.function.Supplier;

/**
 * How far the work of an invocation is. Its threads report here. The thread that waits for them can
 * stop them at any time: from then on, they can neither call AWS nor change the response.
 */
final class Progress {

  private Supplier<String> physicalId;
  private String step = "starting";
  private boolean stopped;

  /**
   * @param physicalId the id for the response until a request sets another one
   */
  Progress(String physicalId) {
    this.physicalId = () -> physicalId;
  }

  /** Reports the current step, or throws if the work has been stopped. */
  synchronized void report(String newStep) {
    checkNotStopped();
    step = newStep;
  }

  /** Sets the physical id for the response, or throws if the work has been stopped. */
  synchronized void usePhysicalId(Supplier<String> id) {
    checkNotStopped();
    physicalId = id;
  }

  /** The physical id for the response. */
  synchronized String physicalId() {
    return physicalId.get();
  }

  /**
   * Checks that the work may go on.
   *
   * @throws DeadlineExceededException if it has been stopped
   */
  synchronized void checkNotStopped() {
    if (stopped) {
      throw deadlineExceeded();
    }
  }

  /**
   * Stops the work.
   *
   * @return the step at which it was stopped
   */
  synchronized String stop() {
    stopped = true;
    return step;
  }

  /** The failure of work that has no time left. */
  synchronized DeadlineExceededException deadlineExceeded() {
    return new DeadlineExceededException(
        "The function reached its deadline while it was " + step + ".");
  }
}
