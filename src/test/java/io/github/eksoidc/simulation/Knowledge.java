package io.github.eksoidc.simulation;

import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a request still knows of what it has heard. Two deliveries of one request that know the same
 * go on in the same way, however they came to know it: a request waits and reads until it sees what
 * it waits for, and only what its last read has shown counts then.
 *
 * <p>Of a provider that the request works on, that is the last read and all writes; of reads
 * before, which provider and which claim of its own they have shown. {@link Explorer} checks on
 * samples that nothing else counts.
 */
final class Knowledge {

  private static final String OURS = "eks-oidc-provider/";
  private static final String CLAIM = OURS + "claim/";

  /** What a request has done with one provider, from one moment on. */
  private final class Work {
    private final int session;
    private final ProviderArn arn;

    /** The writes, each with what it gave and when, and the last read among them. */
    private final List<Object> events = new ArrayList<>();

    private int lastRead = -1;
    private Optional<Provider> read = Optional.empty();
    private Instant firstReadAt;
    private Instant lastReadAt;
    private Instant created;
    private Instant claimedOn;
    private int pauses;

    Work(int session, ProviderArn arn) {
      this.session = session;
      this.arn = arn;
    }

    void read(Optional<Provider> shown, Instant asked) {
      if (lastRead >= 0) {
        events.remove(lastRead);
      }
      lastRead = events.size();
      events.add("read");
      read = shown;
      lastReadAt = asked;
      firstReadAt = firstReadAt == null ? asked : firstReadAt;
      shown.ifPresent(
          provider -> {
            created = provider.created();
            if (hasOwnClaim(provider)) {
              claimedOn = provider.created();
            }
          });
    }

    List<Object> remembered(boolean isOver) {
      List<Object> all = new ArrayList<>(List.of(session, arn, events));
      if (isOver) {
        all.add(read.map(Knowledge.this::claims));
      } else {
        all.add(read);
        all.add(Optional.ofNullable(firstReadAt));
        all.add(Optional.ofNullable(lastReadAt));
        all.add(Optional.ofNullable(created));
        all.add(Optional.ofNullable(claimedOn));
      }
      return all;
    }
  }

  private final String claim;
  private final String requestId;
  private final List<Object> others = new ArrayList<>();
  private final List<Work> works = new ArrayList<>();
  private Duration longestRead = Duration.ZERO;
  private Instant now;

  /**
   * @param claim the key of the resource's claim
   */
  Knowledge(String claim, String requestId, Instant start) {
    this.claim = claim;
    this.requestId = requestId;
    this.now = start;
  }

  /**
   * The request hears the result of a step.
   *
   * @param session how often the request has begun to work on a provider
   * @param doing what the request says that it does
   */
  void heard(Step step, CallResult result, int session, String doing) {
    switch (step) {
      case Step.Pause _ -> {
        if (!works.isEmpty()) {
          works.getLast().pauses++;
        }
      }
      case Step.Find(ProviderArn arn) when result.value() instanceof Optional<?> shown -> {
        Optional<Provider> provider = shown.map(Provider.class::cast);
        Duration took = Duration.between(now, result.at());
        longestRead = took.compareTo(longestRead) > 0 ? took : longestRead;
        // Before it works on a provider, a request counts its reads: a release makes several.
        if (session == 0 || doing.startsWith("checking ")) {
          others.add(List.of(works.size(), arn, provider.map(this::claims)));
        } else {
          work(session, arn).read(provider, now);
        }
      }
      case Step.Create _, Step.Find _, Step.Make _, Step.Delete _ -> {
        Work work = work(session, step.provider().orElseThrow());
        work.events.add(List.of(step, result));
        work.pauses = step instanceof Step.Make ? 0 : work.pauses;
      }
      case Step.Describe _, Step.ListAll _, Step.ListStacks _ ->
          others.add(List.of(works.size(), step, result.value(), result.failure()));
    }
    now = result.at();
  }

  private Work work(int session, ProviderArn arn) {
    for (Work work : works) {
      if (work.session == session && work.arn.equals(arn)) {
        return work;
      }
    }
    works.add(new Work(session, arn));
    return works.getLast();
  }

  /** How often the request has paused since its last write, or since it began to work. */
  int pauses() {
    return works.isEmpty() ? 0 : works.getLast().pauses;
  }

  List<Object> remembered() {
    List<Object> all = new ArrayList<>(List.of(now, longestRead, others));
    for (Work work : works) {
      all.add(work.remembered(work != works.getLast()));
    }
    return all;
  }

  private boolean hasOwnClaim(Provider provider) {
    return provider.tags().values().stream()
        .anyMatch(value -> value.contains(" " + requestId + " "));
  }

  /** What a request that has done with a provider may still know of it. */
  private List<Object> claims(Provider provider) {
    Map<String, String> ours = new TreeMap<>(provider.tags());
    ours.keySet().removeIf(key -> !key.startsWith(OURS));
    boolean claimed = ours.keySet().stream().anyMatch(key -> key.startsWith(CLAIM));
    ours.keySet().removeIf(key -> key.startsWith(CLAIM) && !key.startsWith(claim));
    return List.of(provider.created(), ours, claimed);
  }
}
