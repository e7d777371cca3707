package io.github.eksoidc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.ownership.Claimant;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.provider.Providers.Modification;
import io.github.eksoidc.resource.LogicalResource;
import io.github.eksoidc.resource.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A Delete that withdraws its lease for another request writes another value later: a read from
 * before would otherwise be taken for one that shows the lease.
 */
class LeaseValueTest {

  private static final String LEASE = "eks-oidc-provider/deleting/";
  private static final String OTHERS = LEASE + "0000000000000000";
  private static final LogicalResource RESOURCE = new LogicalResource("stack", "P");
  private static final Claimant CLAIMANT = Claimant.of(RESOURCE);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final NavigableMap<String, String> tags = new TreeMap<>();
  private final List<String> written = new ArrayList<>();
  private boolean deleted;

  @Test
  void aLeaseIsNotWrittenTwiceWithTheSameValue() {
    tags.put("eks-oidc-provider/managed", "true");
    tags.put(CLAIMANT.key() + "/earlier", CLAIMANT.owner() + " Create earlier " + START);
    var request =
        new Request.Delete(RESOURCE, SimulatedAccount.arn("a", 0), Map.of("ClusterName", "main"));
    Replay.toEnd(request, START, Duration.ofMinutes(10), (step, _) -> result(step));

    assertThat(deleted).isTrue();
    assertThat(written).hasSizeGreaterThan(1).doesNotHaveDuplicates();
  }

  private Object result(Step step) {
    return switch (step) {
      case Step.Find _ ->
          deleted
              ? Optional.empty()
              : Optional.of(
                  new Provider(
                      START, List.of("sts.amazonaws.com"), List.of(), new TreeMap<>(tags)));
      case Step.Make(_, Change.PutTags(Map<String, String> put)) -> {
        tags.putAll(put);
        put.forEach(
            (key, value) -> {
              if (key.startsWith(LEASE)) {
                written.add(value);
                if (written.size() == 1) {
                  // Another request has stored one at the same time.
                  tags.put(OTHERS, START.plusSeconds(60).toString());
                }
              }
            });
        yield Modification.DONE;
      }
      case Step.Make(_, Change.RemoveTags(var keys)) -> {
        tags.keySet().removeAll(keys);
        // This Delete has withdrawn its lease, and the other request ends.
        tags.remove(OTHERS);
        yield Modification.DONE;
      }
      case Step.Delete _ -> {
        deleted = true;
        yield Deletion.DONE;
      }
      case Step.Pause _ -> "woke";
      default -> throw new AssertionError(step);
    };
  }
}
