package io.github.eksoidc.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.GetOpenIdConnectProviderResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/**
 * Reads one provider again and again while stacks change, and fails if it was ever missing or was
 * created again.
 */
final class ProviderWatch implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int MIN_READS = 5;

  private final IamClient iam;
  private final String arn;
  private final Instant created;
  private final Thread thread;
  private final AtomicInteger reads = new AtomicInteger();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private volatile boolean running = true;

  ProviderWatch(IamClient iam, String arn) {
    this.iam = iam;
    this.arn = arn;
    this.created = read().createDate();
    this.thread = Thread.ofPlatform().daemon().name("watch").start(this::watch);
  }

  private GetOpenIdConnectProviderResponse read() {
    return iam.getOpenIDConnectProvider(request -> request.openIDConnectProviderArn(arn));
  }

  private void watch() {
    while (running) {
      try {
        Instant seen = read().createDate();
        if (!seen.equals(created)) {
          problems.add("created again at " + seen);
        }
      } catch (NoSuchEntityException e) {
        problems.add("missing at " + Instant.now());
      } catch (RuntimeException e) {
        problems.add(e.toString());
      }
      reads.incrementAndGet();
      Emulator.sleep(PAUSE);
    }
  }

  /** Stops reading, and fails if a read did not show the provider. */
  void assertAlwaysThere() {
    close();
    assertThat(problems).isEmpty();
    assertThat(reads.get()).as("reads").isGreaterThan(MIN_READS);
  }

  @Override
  public void close() {
    running = false;
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
