package io.github.eksoidc.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.cloudformation.Response;
import io.github.eksoidc.resource.DeadlineExceededException;
import io.github.eksoidc.resource.RequestFailedException;
import io.github.eksoidc.resource.ResourceResult;
import io.github.eksoidc.resource.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request gets one response before the deadline, whatever its thread does. */
class RequestRunnerTest {

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
  void everyThrowableBecomesAResponse(Throwable thrown) {
    Response response = run("Create", Duration.ofSeconds(30), sneaky(thrown));

    assertThat(response).isInstanceOf(Response.Failed.class);
    assertThat(((Response.Failed) response).reason())
        .contains(thrown.getClass().getName(), "See the function's log")
        .doesNotContain("secret");
    assertThat(response.physicalId()).isEqualTo("not-created/r");
    assertThat(log.toString(UTF_8))
        .contains("internal error", thrown.getClass().getName(), "RequestRunnerTest")
        .doesNotContain("secret");
  }

  @Test
  void failedRequestRespondsWithItsReason() {
    Response response =
        run("Create", Duration.ofSeconds(30), sneaky(new RequestFailedException("because")));
    assertThat(response).isEqualTo(new Response.Failed("not-created/r", "because"));
  }

  @Test
  void failedCreateRespondsWithTheIdThatItReported() {
    Response response =
        run(
            "Create",
            Duration.ofSeconds(30),
            (_, context) -> {
              context.usePhysicalId(() -> "arn");
              throw new RequestFailedException("because");
            });
    assertThat(response.physicalId()).isEqualTo("arn");
  }

  @Test
  void failedUpdateRespondsWithTheOldId() {
    Response response =
        run("Update", Duration.ofSeconds(30), sneaky(new RequestFailedException("because")));
    assertThat(response.physicalId()).isEqualTo("old");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Update", "Delete"})
  void malformedRequestRespondsWithItsId(String requestType) {
    ParsedEvent event = event(requestType);
    event.event().setStackId(null);
    Response response =
        runner(event, Duration.ofSeconds(30)).run((_, _, _) -> (_, _) -> ResourceResult.of("new"));
    assertThat(response).isInstanceOf(Response.Failed.class);
    assertThat(response.physicalId()).isEqualTo("old");
  }

  @Test
  void requestThatDoesNotEndIsStoppedAndItsProgressIsTheReason() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> after = new AtomicReference<>();
    long start = System.nanoTime();

    Response response =
        run(
            "Create",
            Duration.ofSeconds(2),
            (_, context) -> {
              context.usePhysicalId(() -> "arn");
              context.reportProgress("counting sheep");
              try {
                Thread.sleep(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                // Continues, as code does that ignores interrupts.
              }
              try {
                context.reportProgress("something more");
              } catch (DeadlineExceededException e) {
                after.set(e);
              }
              ended.countDown();
              return ResourceResult.of("too late");
            });

    Duration time = Duration.ofNanos(System.nanoTime() - start);
    assertThat(time).isBetween(Duration.ofMillis(1200), Duration.ofMillis(1700));
    assertThat(response)
        .isEqualTo(
            new Response.Failed(
                "arn",
                "The function reached its deadline while it was counting sheep. Try again, or give"
                    + " the function a longer timeout."));
    assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(after.get()).isInstanceOf(DeadlineExceededException.class);
    assertThat(response.physicalId()).isEqualTo("arn");
  }

  @Test
  void pauseBeyondTheDeadlineEndsTheRequestAtOnce() {
    long start = System.nanoTime();
    Response response =
        run(
            "Create",
            Duration.ofSeconds(20),
            (_, context) -> {
              context.reportProgress("waiting for a cluster");
              context.sleep(Duration.ofMinutes(1));
              return ResourceResult.of("never");
            });
    assertThat(((Response.Failed) response).reason()).contains("waiting for a cluster");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void resourceTypeThatFailsToLoadBecomesAResponse() {
    Response response =
        runner("Create", Duration.ofSeconds(30))
            .run(
                (_, _, _) -> {
                  throw new NoClassDefFoundError("x");
                });
    assertThat(response).isInstanceOf(Response.Failed.class);
  }

  @Test
  void deleteOfAResourceThatWasNeverCreatedSucceeds() {
    ParsedEvent event = event("Delete");
    event.event().setPhysicalResourceId("not-created/x");
    Response response =
        runner(event, Duration.ofSeconds(30))
            .run((_, _, _) -> sneaky(new RequestFailedException("unknown type")));
    assertThat(response).isInstanceOf(Response.Success.class);
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

  private Response run(String requestType, Duration lambda, ResourceType type) {
    return runner(requestType, lambda).run((_, _, _) -> type);
  }

  private RequestRunner runner(String requestType, Duration lambda) {
    return runner(event(requestType), lambda);
  }

  private RequestRunner runner(ParsedEvent event, Duration lambda) {
    return new RequestRunner(
        event,
        new Invocation("i", "function", FUNCTION, "eu-west-1", lambda),
        Deadlines.of(lambda, Optional.empty()),
        new JsonLog(new PrintStream(log), Map.of()));
  }

  private static ParsedEvent event(String requestType) {
    return ParsedEvent.parse(
        """
        {"RequestType": "%s", "StackId": "s", "RequestId": "r", "LogicalResourceId": "P",
         "ResourceType": "Custom::X", "PhysicalResourceId": "old", "ResourceProperties": {}}
        """
            .formatted(requestType)
            .getBytes(UTF_8));
  }
}
