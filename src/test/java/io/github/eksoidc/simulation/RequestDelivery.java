package io.github.eksoidc.simulation;

import io.github.eksoidc.resource.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One delivery of one request, and how far it has come.
 *
 * @param index of the request in its scenario
 * @param id distinguishes it from other deliveries
 * @param requestId the same for all deliveries of the request
 * @param sentAt when CloudFormation sent the request
 * @param start when this delivery began
 * @param heard the results that it has received so far
 * @param arriving the result of the call that was carried out last, not yet received
 * @param knows what of that decides how it goes on
 * @param wakeAt when a pause ends
 * @param earlyWakes how often it woke before all others were at rest
 */
record RequestDelivery(
    int index,
    String id,
    String requestId,
    Request request,
    Instant sentAt,
    Instant start,
    List<CallResult> heard,
    Optional<CallResult> arriving,
    Replay.Standing standing,
    List<Object> knows,
    int pauses,
    Instant wakeAt,
    int earlyWakes,
    boolean crashed) {

  static RequestDelivery begin(
      Protocol protocol,
      int index,
      Request request,
      String id,
      String requestId,
      Instant sentAt,
      Instant now) {
    return new RequestDelivery(
            index,
            id,
            requestId,
            request,
            sentAt,
            now,
            List.of(),
            Optional.empty(),
            null,
            List.of(),
            0,
            now,
            0,
            false)
        .goOn(protocol, List.of(), now, 0);
  }

  /** Receives the result that is on its way, and goes on to the next step. */
  RequestDelivery receive(Protocol protocol) {
    return hearing(arriving.orElseThrow(), protocol, false);
  }

  /**
   * Hears the result of its next step at once, and goes on to the step after it.
   *
   * @param early whether it wakes from a pause before all others are at rest
   */
  RequestDelivery hearing(CallResult result, Protocol protocol, boolean early) {
    List<CallResult> more = new ArrayList<>(heard);
    more.add(result);
    return goOn(protocol, more, result.at(), earlyWakes + (early ? 1 : 0));
  }

  /** When it heard something last. */
  Instant now() {
    return heard.isEmpty() ? start : heard.getLast().at();
  }

  private RequestDelivery goOn(
      Protocol protocol, List<CallResult> history, Instant now, int wakes) {
    Replay.Position position = Replay.run(request, id, requestId, sentAt, start, history, protocol);
    Replay.Standing next = position.standing();
    Instant wake =
        next instanceof Replay.Standing.At(Step.Pause(var duration)) ? now.plus(duration) : now;
    return new RequestDelivery(
        index,
        id,
        requestId,
        request,
        sentAt,
        start,
        history,
        Optional.empty(),
        next,
        position.knows(),
        position.pauses(),
        wake,
        wakes,
        crashed);
  }

  RequestDelivery sending(CallResult result) {
    return with(Optional.of(result), crashed);
  }

  RequestDelivery dead() {
    return with(Optional.empty(), true);
  }

  private RequestDelivery with(Optional<CallResult> onItsWay, boolean hasCrashed) {
    return new RequestDelivery(
        index,
        id,
        requestId,
        request,
        sentAt,
        start,
        heard,
        onItsWay,
        standing,
        knows,
        pauses,
        wakeAt,
        earlyWakes,
        hasCrashed);
  }

  /** The step before which it is stopped, if it is to make one. */
  Optional<Step> step() {
    return !crashed && arriving.isEmpty() && standing instanceof Replay.Standing.At(Step step)
        ? Optional.of(step)
        : Optional.empty();
  }

  /** Whether the request has not come yet. */
  boolean isToCome() {
    return start.equals(Scenario.TO_COME);
  }

  boolean isPausing() {
    return step().filter(Step.Pause.class::isInstance).isPresent();
  }

  boolean isOver() {
    return crashed || !(standing instanceof Replay.Standing.At);
  }
}
