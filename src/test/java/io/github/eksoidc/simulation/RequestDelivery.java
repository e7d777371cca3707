package io.github.eksoidc.simulation;

import io.github.eksoidc.resource.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One delivery of one request, where it stands.
 *
 * @param index of the request in its scenario
 * @param id tells it from other deliveries
 * @param heard so far
 * @param arriving the answer of the call that was carried out last, on its way
 * @param wakeAt when a pause ends
 * @param earlyWakes how often it woke before all others were at rest
 */
record RequestDelivery(
    int index,
    String id,
    Request request,
    Instant start,
    List<CallResult> heard,
    Optional<CallResult> arriving,
    Replay.Standing standing,
    Instant wakeAt,
    int earlyWakes,
    boolean crashed) {

  static RequestDelivery begin(Scenario scenario, int index, String id, Instant now) {
    return begin(scenario, index, scenario.requests.get(index), id, now);
  }

  /** The same, of a request that no scenario has. */
  static RequestDelivery begin(Scenario scenario, Request request, String id, Instant now) {
    return begin(scenario, 0, request, id, now);
  }

  private static RequestDelivery begin(
      Scenario scenario, int index, Request request, String id, Instant now) {
    return new RequestDelivery(
            index, id, request, now, List.of(), Optional.empty(), null, now, 0, false)
        .goOn(scenario, List.of(), now, 0);
  }

  /** Gets the answer that is on its way, and goes on to the next step. */
  RequestDelivery receive(Scenario scenario) {
    List<CallResult> more = new ArrayList<>(heard);
    more.add(arriving.orElseThrow());
    return goOn(scenario, more, arriving.orElseThrow().at(), earlyWakes);
  }

  /** Wakes from a pause. */
  RequestDelivery wake(Scenario scenario, Instant now, boolean early) {
    List<CallResult> more = new ArrayList<>(heard);
    more.add(CallResult.value("woke", now));
    return goOn(scenario, more, now, earlyWakes + (early ? 1 : 0));
  }

  private RequestDelivery goOn(
      Scenario scenario, List<CallResult> history, Instant now, int wakes) {
    Replay.Standing next =
        Replay.run(request, id, start, Scenario.TIMEOUT, history, scenario.protocol);
    Instant wake =
        next instanceof Replay.Standing.At(Step.Pause(var duration)) ? now.plus(duration) : now;
    return new RequestDelivery(
        index, id, request, start, history, Optional.empty(), next, wake, wakes, crashed);
  }

  RequestDelivery sending(CallResult answer) {
    return new RequestDelivery(
        index,
        id,
        request,
        start,
        heard,
        Optional.of(answer),
        standing,
        wakeAt,
        earlyWakes,
        crashed);
  }

  RequestDelivery dead() {
    return new RequestDelivery(
        index, id, request, start, heard, Optional.empty(), standing, wakeAt, earlyWakes, true);
  }

  /** The step before which it is stopped, if it is to make one. */
  Optional<Step> step() {
    return !crashed && arriving.isEmpty() && standing instanceof Replay.Standing.At(Step step)
        ? Optional.of(step)
        : Optional.empty();
  }

  boolean isPausing() {
    return step().filter(Step.Pause.class::isInstance).isPresent();
  }

  boolean isOver() {
    return crashed || !(standing instanceof Replay.Standing.At);
  }
}
