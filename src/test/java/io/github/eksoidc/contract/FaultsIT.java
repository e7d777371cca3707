package io.github.eksoidc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestEvents;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.Fault;
import io.github.eksoidc.inmemory.InMemoryIam;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault at each call of each request. */
@Tag("long")
@Order(4)
class FaultsIT extends FunctionTestBase {

  private static final String HEX = "990f4193972f2becf12ddeda5237f9c952f20d9e";
  private static final Map<String, Object> BEFORE =
      main("ClientIdList", List.of("a"), "Tags", tags("k", "1", "old", "1"));
  private static final Map<String, Object> AFTER =
      main(
          "ClientIdList", List.of("b"),
          "ThumbprintList", List.of(HEX),
          "Tags", tags("k", "2"));

  private static final String DESCRIBE = "eks:DescribeCluster";
  private static final String CREATE = "iam:CreateOpenIDConnectProvider";
  private static final String GET = "iam:GetOpenIDConnectProvider";
  private static final String DELETE = "iam:DeleteOpenIDConnectProvider";
  private static final String LIST = "iam:ListOpenIDConnectProviders";
  private static final String TAG = "iam:TagOpenIDConnectProvider";
  private static final String UNTAG = "iam:UntagOpenIDConnectProvider";
  private static final String ADD = "iam:AddClientIDToOpenIDConnectProvider";
  private static final String REMOVE = "iam:RemoveClientIDFromOpenIDConnectProvider";
  private static final String THUMBPRINT = "iam:UpdateOpenIDConnectProviderThumbprint";

  /** A request, the calls that it makes, and how to prepare the account for it. */
  record Case(
      String name,
      List<String> calls,
      Consumer<FaultsIT> prepare,
      Supplier<ObjectNode> event,
      Duration timeout) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** A throttled call waits for seconds between its retries. */
  private static final Duration THROTTLED_TIMEOUT = Duration.ofSeconds(30);

  private static final Case CANCELLATION =
      new Case(
          "a Delete that cancels a Create, the cluster gone",
          List.of(DESCRIBE, LIST),
          test -> {
            test.created(BEFORE);
            test.aws.eks().remove("eu-west-1", "main");
          },
          () -> TestEvents.delete(STACK, INVENTED_ID, BEFORE),
          // It reads until its deadline.
          Duration.ofSeconds(6));

  private static final List<Case> CASES =
      List.of(
          // First, because it takes the longest.
          CANCELLATION,
          new Case(
              "a Create of a new provider",
              List.of(DESCRIBE, CREATE),
              _ -> {},
              () -> TestEvents.create(STACK, AFTER),
              TIMEOUT),
          new Case(
              "a Create that adopts",
              List.of(DESCRIBE, CREATE, GET, TAG, ADD, THUMBPRINT),
              test -> test.foreignProvider(List.of("theirs"), Map.of("owner", "other")),
              () -> TestEvents.create(STACK, AFTER),
              TIMEOUT),
          new Case(
              "an Update",
              List.of(DESCRIBE, GET, TAG, ADD, REMOVE, THUMBPRINT, UNTAG),
              test -> test.created(BEFORE),
              () -> TestEvents.update(STACK, ARN, AFTER, BEFORE),
              TIMEOUT),
          new Case(
              "a Delete of the last claim",
              List.of(GET, TAG, DELETE),
              test -> test.created(BEFORE),
              () -> TestEvents.delete(STACK, ARN, BEFORE),
              // After a deletion without a response, it waits for a minute.
              TIMEOUT.multipliedBy(2)),
          new Case(
              "a Delete of one claim of two",
              List.of(GET, UNTAG),
              FaultsIT::twoStacks,
              () -> TestEvents.delete(STACK, ARN, BEFORE),
              TIMEOUT));

  private void twoStacks() {
    created(BEFORE);
    succeeded(client.send(TestEvents.create(OTHER_STACK, BEFORE)));
  }

  private static final Fault THROTTLING = new Fault.ErrorResponse(400, "Throttling");

  /** Faults after which a retry succeeds. */
  private static final List<Fault> TRANSIENT =
      List.of(
          THROTTLING,
          new Fault.ErrorResponse(409, "ConcurrentModification"),
          new Fault.ErrorResponse(500, "ServiceFailure"),
          new Fault.ErrorResponse(503, "ServiceUnavailable"),
          new Fault.Drop(),
          new Fault.Reset(),
          new Fault.ResetAfter(),
          new Fault.Cut(),
          new Fault.Delay(Duration.ofMillis(700)));

  /** Faults after which a retry is useless. */
  private static final List<Fault> PERMANENT =
      List.of(
          new Fault.ErrorResponse(403, "AccessDenied"),
          new Fault.ErrorResponse(400, "ValidationError"),
          new Fault.ErrorResponse(400, "InvalidInput"));

  static Stream<Arguments> transientFaultIsRetried() {
    return combinations(TRANSIENT);
  }

  static Stream<Arguments> permanentFaultFailsAtOnce() {
    return combinations(PERMANENT);
  }

  /**
   * Usually a sample in which each request meets each fault once and each of its calls fails;
   * thoroughly, each fault at each call of each request.
   */
  private static Stream<Arguments> combinations(List<Fault> faults) {
    List<Arguments> all = new ArrayList<>();
    for (Case request : CASES) {
      List<String> calls = request.calls();
      for (int i = 0; i < calls.size(); i++) {
        for (int j = 0; j < faults.size(); j++) {
          boolean inSample = j % calls.size() == i || i % faults.size() == j;
          if ((inSample || TestSize.isThorough()) && exists(calls.get(i), faults.get(j))) {
            all.add(Arguments.of(request, calls.get(i), faults.get(j)));
          }
        }
      }
    }
    return all.stream();
  }

  /** IAM has this error code, EKS does not. */
  private static boolean exists(String call, Fault fault) {
    return !(call.equals(DESCRIBE) && fault.toString().contains("ConcurrentModification"));
  }

  private static final Map<Case, Map<String, InMemoryIam.Entry>> CLEAN = new ConcurrentHashMap<>();

  /** Returns the account after the same request without a fault. */
  private Map<String, InMemoryIam.Entry> clean(Case request) {
    return CLEAN.computeIfAbsent(
        request,
        _ -> {
          request.prepare().accept(this);
          succeeded(client.send(request.event().get(), request.timeout()));
          Map<String, InMemoryIam.Entry> account = account();
          emptyAccount();
          return account;
        });
  }

  /**
   * Returns the account without what differs from one request to the next: times and RequestIds.
   */
  private Map<String, InMemoryIam.Entry> account() {
    Map<String, InMemoryIam.Entry> account = new TreeMap<>();
    aws.iam()
        .all()
        .forEach(
            (arn, e) ->
                account.put(
                    arn,
                    new InMemoryIam.Entry(
                        e.url(),
                        Instant.EPOCH,
                        e.audiences(),
                        e.thumbprints(),
                        withOwnersOnly(e.tags()))));
    return account;
  }

  private static NavigableMap<String, String> withOwnersOnly(Map<String, String> tags) {
    NavigableMap<String, String> owners = new TreeMap<>();
    tags.forEach(
        (key, value) -> {
          boolean isClaim = key.startsWith("eks-oidc-provider/claim/");
          owners.put(
              isClaim ? key.substring(0, 56) : key, isClaim ? value.split(" ", 2)[0] : value);
        });
    return owners;
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource
  void transientFaultIsRetried(Case request, String call, Fault fault) {
    Map<String, InMemoryIam.Entry> expected = clean(request);
    request.prepare().accept(this);
    // Not every request repeats a call that was done or that was slow.
    boolean once =
        fault instanceof Fault.ResetAfter
            || fault instanceof Fault.Cut
            || fault instanceof Fault.Delay;
    aws.faults().next(call, once ? 1 : 2, fault);

    boolean throttled = fault.equals(THROTTLING) && request.equals(CANCELLATION);
    Duration timeout = throttled ? THROTTLED_TIMEOUT : request.timeout();
    InvocationResult result = succeeded(client.send(request.event().get(), timeout));

    assertThat(result.responses()).isEqualTo(1);
    assertThat(account()).isEqualTo(expected);
    assertThat(aws.faults().pending()).as("faults that were never met").isZero();
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource
  void permanentFaultFailsAtOnce(Case request, String call, Fault fault) {
    request.prepare().accept(this);
    aws.faults().next(call, 999, fault);

    InvocationResult result = client.send(request.event().get(), request.timeout());

    assertThat(result.responses()).isEqualTo(1);
    if (request.equals(CANCELLATION) && call.equals(DESCRIBE)) {
      // It finds the claim without the cluster.
      succeeded(result);
      return;
    }
    failed(result);
    assertThat(result.reason()).contains(call, ((Fault.ErrorResponse) fault).code());
    // An Update that can't remove a tag still tries to remove its own lease.
    boolean twoUses = request.name().equals("an Update") && call.equals(UNTAG);
    assertThat(result.actions().stream().filter(call::equals)).hasSize(twoUses ? 2 : 1);
    assertThat(result.time()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void callWithoutAResponseIsRetried() {
    if (TestSize.isThorough()) {
      aws.faults().next(DESCRIBE, 1, new Fault.Hang());
    }
    aws.faults().next(CREATE, 1, new Fault.HangAfter());
    InvocationResult result = created(main());
    assertThat(result.attribute("Ownership")).isEqualTo("Created");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void iamIsCalledAgainIfItCouldNotReachTheIssuer() {
    aws.faults().next(CREATE, 2, new Fault.ErrorResponse(400, "OpenIdIdpCommunicationError"));
    InvocationResult result = created(main());
    assertThat(result.attribute("Ownership")).isEqualTo("Created");
    assertThat(result.actions().stream().filter(CREATE::equals)).hasSize(3);
  }

  @Test
  void aRegionThatIsNotEnabledIsTheReason() {
    aws.faults().next(DESCRIBE, 1, new Fault.ErrorResponse(403, "UnrecognizedClientException"));
    InvocationResult result = failed(create(main("ClusterRegion", "ap-east-1")));
    assertThat(result.reason())
        .isEqualTo(
            "EKS in ap-east-1 rejects the account's credentials, probably because the Region is not"
                + " enabled. Check ClusterRegion, or enable the Region for the account.");
  }

  @Test
  void unknownCredentialsInTheFunctionsOwnRegionAreTheReason() {
    aws.faults().next(DESCRIBE, 1, new Fault.ErrorResponse(403, "UnrecognizedClientException"));
    assertThat(failed(create(main())).reason()).contains("did not accept the function's cred");
  }

  @Test
  void endlessThrottlingFailsBeforeTheDeadline() {
    aws.faults().next(CREATE, 999, THROTTLING);

    InvocationResult result =
        failed(client.send(TestEvents.create(STACK, main()), Duration.ofSeconds(12)));

    assertThat(result.reason()).containsAnyOf("Throttling", "reached its deadline while");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(12));
    assertThat(result.physicalId()).startsWith("incomplete/").endsWith("/" + ARN);
  }
}
