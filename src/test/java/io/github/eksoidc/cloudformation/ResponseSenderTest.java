package io.github.eksoidc.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.cloudformation.Delivery.Status;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryAws;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends responses over a real connection, with every fault that a PUT can meet. */
class ResponseSenderTest {

  private static final byte[] BODY = "{\"Status\":\"SUCCESS\"}".getBytes(UTF_8);
  private static InMemoryAws aws;
  private static int count;
  private String key;

  @BeforeAll
  static void start() {
    aws = InMemoryAws.start();
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  @BeforeEach
  void clearFaults() {
    aws.faults().clear();
    key = "sent-" + count++;
  }

  @Test
  void sendsTheResponseOnceWithoutAContentType() {
    // The bucket accepts only a PUT without a content type.
    assertThat(send(Duration.ofSeconds(5)))
        .isEqualTo(new Delivery(Status.DELIVERED, 1, "status 200"));
    assertThat(aws.bucket().all(key)).containsExactly(BODY);
  }

  static final List<Arguments> PASSING =
      List.of(
          Arguments.of(new Fault.ErrorResponse(500, "InternalError")),
          Arguments.of(new Fault.ErrorResponse(503, "SlowDown")),
          Arguments.of(new Fault.Drop()),
          Arguments.of(new Fault.Reset()));

  @ParameterizedTest
  @FieldSource("PASSING")
  void retriesAfterATransientFault(Fault fault) {
    aws.faults().next("bucket:Put", 3, fault);
    long start = System.nanoTime();
    Delivery delivery = send(Duration.ofSeconds(20));
    Duration time = Duration.ofNanos(System.nanoTime() - start);

    assertThat(delivery.status()).isEqualTo(Status.DELIVERED);
    assertThat(delivery.attempts()).isEqualTo(4);
    // Pauses of 200, 300 and 450 ms, each shortened by up to a half.
    assertThat(time).isBetween(Duration.ofMillis(470), Duration.ofMillis(4000));
    assertThat(aws.bucket().all(key)).containsExactly(BODY);
  }

  /** The first pause is 200 ms without jitter, and a busy machine only makes it longer. */
  @Test
  void pausesAreShortenedByJitter() {
    Duration shortest = Duration.ofMinutes(1);
    for (int i = 0; i < 40 && shortest.compareTo(Duration.ofMillis(200)) >= 0; i++) {
      aws.faults().next("bucket:Put", 1, new Fault.ErrorResponse(503, "SlowDown"));
      long start = System.nanoTime();
      assertThat(send(Duration.ofSeconds(20)).attempts()).isEqualTo(2);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      shortest = time.compareTo(shortest) < 0 ? time : shortest;
    }
    assertThat(shortest).isLessThan(Duration.ofMillis(200));
  }

  @Test
  void anAttemptWithoutAResponseLeavesTimeForAnother() {
    aws.faults().next("bucket:Put", 1, new Fault.Hang());
    assertThat(send(Duration.ofSeconds(3)))
        .isEqualTo(new Delivery(Status.DELIVERED, 2, "status 200"));
  }

  @Test
  void repeatsTheSameBodyIfTheAcknowledgementIsLost() {
    aws.faults().next("bucket:Put", 1, new Fault.ResetAfter());
    assertThat(send(Duration.ofSeconds(20)).attempts()).isEqualTo(2);
    assertThat(aws.bucket().all(key)).containsExactly(BODY, BODY);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 412})
  void doesNotRetryAfterAClientError(int status) {
    aws.faults().next("bucket:Put", 9, new Fault.ErrorResponse(status, "AccessDenied"));
    assertThat(send(Duration.ofSeconds(20)))
        .isEqualTo(new Delivery(Status.REJECTED, 1, "status " + status));
  }

  @Test
  void doesNotFollowRedirects() {
    aws.faults().next("bucket:Put", 9, new Fault.Redirect(aws.responseUrl("elsewhere")));
    assertThat(send(Duration.ofSeconds(20)))
        .isEqualTo(new Delivery(Status.REJECTED, 1, "status 307"));
    assertThat(aws.bucket().all("elsewhere")).isEmpty();
  }

  @Test
  void givesUpAtTheDeadline() {
    aws.faults().next("bucket:Put", 99, new Fault.ErrorResponse(503, "SlowDown"));
    long start = System.nanoTime();
    Delivery delivery = send(Duration.ofSeconds(2));
    assertThat(delivery.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(delivery.attempts()).isBetween(3, 6);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2100));
  }

  @Test
  void givesUpAtTheDeadlineIfTheBucketDoesNotRespond() {
    aws.faults().next("bucket:Put", 99, new Fault.Hang());
    long start = System.nanoTime();
    assertThat(send(Duration.ofSeconds(1)).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
  }

  @Test
  void givesUpAtTheDeadlineIfTheHostRefusesConnections() throws IOException {
    int unusedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unusedPort = socket.getLocalPort();
    }
    ResponseUrl url =
        ResponseUrl.parse("http://127.0.0.1:" + unusedPort + "/x?secret").orElseThrow();
    Delivery delivery = sender(Duration.ofSeconds(1)).send(url, BODY);
    assertThat(delivery.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(delivery.detail()).isEqualTo("ConnectException");
  }

  @Test
  void sendsNothingAfterTheDeadline() {
    assertThat(send(Duration.ZERO))
        .isEqualTo(new Delivery(Status.DEADLINE_EXCEEDED, 0, "no time was left to send it"));
    assertThat(aws.bucket().all(key)).isEmpty();
  }

  private Delivery send(Duration time) {
    return sender(time).send(ResponseUrl.parse(aws.responseUrl(key)).orElseThrow(), BODY);
  }

  private static ResponseSender sender(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    return new ResponseSender(() -> Duration.ofNanos(end - System.nanoTime()));
  }
}
