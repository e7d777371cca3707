package io.github.eksoidc.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.cloudformation.Answer;
import io.github.eksoidc.cloudformation.Event;
import io.github.eksoidc.resource.OutOfTime;
import io.github.eksoidc.resource.Refusal;
import io.github.eksoidc.resource.ResourceType;
import io.github.eksoidc.resource.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever becomes of the work, there is one answer, and in time. */
class WorkTest {

  private static final String FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f:live";

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  static final List<Throwable> THROWN =
      List.of(
          new OutOfMemoryError("Java heap space"),
          new StackOverflowError(),
          new NoClassDefFoundError("software/amazon/awssdk/Missing"),
          new ExceptionInInitializerError("static"),
          new AssertionError("assert"),
          new IllegalStateException("https://bucket.example/key?X-Amz-Signature=secret"));

  @ParameterizedTest
  @FieldSource("THROWN")
  void whateverIsThrownIsAnAnswer(Throwable thrown) {
    Answer answer = run("Create", Duration.ofSeconds(30), sneaky(thrown)).answer();

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).reason())
        .contains(thrown.getClass().getName(), "Its log says more")
        .doesNotContain("secret");
    assertThat(answer.physicalId()).isEqualTo("not-created/r");
    assertThat(log.toString(UTF_8))
        .contains("internal error", thrown.getClass().getName(), "WorkTest")
        .doesNotContain("secret");
  }

  @Test
  void aRefusalIsItsReason() {
    Answer answer = run("Create", Duration.ofSeconds(30), sneaky(new Refusal("because"))).answer();
    assertThat(answer).isEqualTo(new Answer.Failed("not-created/r", "because"));
  }

  @Test
  void theIdThatTheWorkNamedIsAnsweredAlsoWhenItFails() {
    Answer answer =
        run(
                "Create",
                Duration.ofSeconds(30),
                (_, run) -> {
                  run.answerWith("arn");
                  throw new Refusal("because");
                })
            .answer();
    assertThat(answer.physicalId()).isEqualTo("arn");
  }

  @Test
  void anUpdateThatFailsAnswersWithTheOldId() {
    Answer answer = run("Update", Duration.ofSeconds(30), sneaky(new Refusal("because"))).answer();
    assertThat(answer.physicalId()).isEqualTo("old");
  }

  @Test
  void workThatDoesNotEndIsStoppedAndToldWhatItWasDoing() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> after = new AtomicReference<>();
    long start = System.nanoTime();

    Outcome outcome =
        run(
            "Create",
            Duration.ofSeconds(2),
            (_, run) -> {
              run.answerWith("arn");
              run.doing("counting sheep");
              try {
                Thread.sleep(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                // Goes on as if nothing had happened, as code may that does not know interrupts.
              }
              try {
                run.doing("something more");
              } catch (OutOfTime e) {
                after.set(e);
              }
              ended.countDown();
              return Result.of("too late");
            });

    Duration time = Duration.ofNanos(System.nanoTime() - start);
    assertThat(time).isBetween(Duration.ofMillis(1200), Duration.ofMillis(1700));
    assertThat(outcome.answer())
        .isEqualTo(
            new Answer.Failed(
                "arn",
                "The time was up while the function was counting sheep. Try again, or give the"
                    + " function a longer timeout."));
    assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(after.get()).isInstanceOf(OutOfTime.class);
    assertThat(outcome.answer().physicalId()).isEqualTo("arn");
  }

  @Test
  void aPauseThatIsLongerThanTheTimeEndsTheWorkAtOnce() {
    long start = System.nanoTime();
    Answer answer =
        run(
                "Create",
                Duration.ofSeconds(20),
                (_, run) -> {
                  run.doing("waiting for a cluster");
                  run.pause(Duration.ofMinutes(1));
                  return Result.of("never");
                })
            .answer();
    assertThat(((Answer.Failed) answer).reason()).contains("waiting for a cluster");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aTypeThatCanNotBeSetUpIsAnAnswer() {
    Outcome outcome =
        work("Create", Duration.ofSeconds(30))
            .run(
                (_, _) -> {
                  throw new NoClassDefFoundError("x");
                });
    assertThat(outcome.answer()).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void aDeleteOfWhatWasRefusedWhenItWasToBeMadeSucceeds() {
    Event event = event("Delete");
    event.event().setPhysicalResourceId("not-created/x");
    Outcome outcome =
        new Work(event, FUNCTION, Duration.ofSeconds(30), new Log(new PrintStream(log), Map.of()))
            .run((_, _) -> sneaky(new Refusal("unknown type")));
    assertThat(outcome.answer()).isInstanceOf(Answer.Success.class);
  }

  private static ResourceType sneaky(Throwable thrown) {
    return (_, _) -> {
      switch (thrown) {
        case Error error -> throw error;
        case RuntimeException exception -> throw exception;
        default -> throw new IllegalStateException(thrown);
      }
    };
  }

  private Outcome run(String requestType, Duration lambda, ResourceType type) {
    return work(requestType, lambda).run((_, _) -> type);
  }

  private Work work(String requestType, Duration lambda) {
    return new Work(event(requestType), FUNCTION, lambda, new Log(new PrintStream(log), Map.of()));
  }

  private static Event event(String requestType) {
    return Event.read(
        """
        {"RequestType": "%s", "StackId": "s", "RequestId": "r", "LogicalResourceId": "P",
         "ResourceType": "Custom::X", "PhysicalResourceId": "old", "ResourceProperties": {}}
        """
            .formatted(requestType)
            .getBytes(UTF_8));
  }
}
