package io.github.eksoidc.invocation;

import io.github.eksoidc.resource.RequestFailedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the work of an invocation in a thread of its own, until the deadline at the latest. Whatever
 * happens to that thread, the caller gets an outcome in time.
 */
final class BoundedRun {

  private static final int LOGGED_FRAMES = 20;

  private final Deadlines deadlines;
  private final Progress progress;
  private final JsonLog log;

  BoundedRun(Deadlines deadlines, Progress progress, JsonLog log) {
    this.deadlines = deadlines;
    this.progress = progress;
    this.log = log;
  }

  /** How the work ended. */
  sealed interface Outcome<T> {}

  /** The work ended with this value. */
  record Done<T>(T value) implements Outcome<T> {}

  /**
   * The work failed, or did not end in time.
   *
   * @param reason one or two sentences for people
   * @param isExpected false for a defect of the function
   */
  record Failed<T>(String reason, boolean isExpected) implements Outcome<T> {}

  /** Runs the work. Never throws. */
  <T> Outcome<T> run(Callable<T> work) {
    try {
      return new Done<>(inTime(work));
    } catch (RequestFailedException e) {
      return new Failed<>(e.getMessage(), true);
    } catch (Throwable e) {
      log.error("internal error", details(e));
      return new Failed<>(
          "The function failed with an unexpected error, %s. See the function's log for details."
              .formatted(typeOf(e)),
          false);
    } finally {
      progress.stop();
    }
  }

  private <T> T inTime(Callable<T> work) throws Throwable {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = Thread.ofPlatform().daemon().name("request").start(task);
    try {
      return task.get(deadlines.requestRemaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      String stoppedAt = progress.stop();
      thread.interrupt();
      throw new RequestFailedException(
          ("The function reached its deadline while it was %s. Try again, or give the function a"
                  + " longer timeout.")
              .formatted(stoppedAt));
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  /** Returns the type of a failure, and for a class that can't be loaded also its name. */
  private static String typeOf(Throwable failure) {
    return failure instanceof NoClassDefFoundError
        ? failure.getClass().getName() + ": " + failure.getMessage()
        : failure.getClass().getName();
  }

  /** Returns types and stack frames, but no messages: those of libraries may quote a secret. */
  private static SequencedMap<String, Object> details(Throwable failure) {
    SequencedMap<String, Object> details = new LinkedHashMap<>();
    details.put("error", failure.getClass().getName());
    if (failure.getCause() != null) {
      details.put("cause", failure.getCause().getClass().getName());
    }
    List<String> frames =
        Arrays.stream(failure.getStackTrace())
            .limit(LOGGED_FRAMES)
            .map(StackTraceElement::toString)
            .toList();
    details.put("frames", frames);
    return details;
  }
}
