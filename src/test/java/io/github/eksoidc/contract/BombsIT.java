package io.github.eksoidc.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.harness.FunctionClient;
import io.github.eksoidc.harness.FunctionProcess;
import io.github.eksoidc.harness.FunctionZip;
import io.github.eksoidc.harness.InvocationResult;
import io.github.eksoidc.harness.TestSize;
import io.github.eksoidc.inmemory.InMemoryAws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Events of up to 6 MB, the most that Lambda accepts, that would take memory or time. Each with a
 * usable response URL gets its response in seconds, from one function with 256 MB of memory.
 */
@Execution(ExecutionMode.SAME_THREAD)
class BombsIT {

  private static final int SIZE = 5_900_000;

  /** One in so many of the bombs, from each kind. */
  private static final int ONE_IN = TestSize.of(10, 1);

  private static InMemoryAws aws;
  private static FunctionProcess function;
  private static FunctionClient client;

  /** Heap and classes together have the memory of the smallest function. */
  @BeforeAll
  static void start() {
    aws = InMemoryAws.start();
    function =
        FunctionProcess.start(
            aws,
            FunctionZip.unpack(),
            Map.of("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            List.of("-Xmx176m", "-XX:MaxMetaspaceSize=80m", "-XX:+ExitOnOutOfMemoryError"));
    client = new FunctionClient(aws, function);
  }

  @AfterAll
  static void stop() {
    function.close();
    aws.close();
  }

  static Stream<Arguments> bombs() {
    List<Arguments> all = new ArrayList<>();
    // What is repeated and, after a space, what closes it.
    for (String unit :
        List.of(
            "[ ]",
            "{\"a\": }",
            "[[], ]",
            "[{}, ]",
            "{}, ",
            "[], ",
            "0, ",
            "\"\", ",
            "{\"\":0}, ",
            "1e9, ",
            "[[0],[0]], ",
            "null, ",
            "{\"a\":{\"a\":0}}, ",
            "\"\\u001b\", ")) {
      String open = unit.substring(0, unit.indexOf(' '));
      int times = SIZE / open.length() / (unit.endsWith(" ") ? 1 : 2);
      String many = open.repeat(times);
      String close = unit.substring(open.length() + 1).repeat(times);
      all.add(Arguments.of("unclosed " + unit, open.repeat(SIZE / open.length())));
      all.add(Arguments.of("list of " + unit, "[" + many + "0" + close + "]"));
    }
    StringBuilder names = new StringBuilder("{");
    for (int i = 0; names.length() < SIZE; i++) {
      names.append('"').append(Integer.toString(i, 36)).append("\":0,");
    }
    all.add(Arguments.of("names", names + "\"z\":0}"));
    all.add(Arguments.of("digits", "9".repeat(SIZE)));
    all.add(Arguments.of("fraction", "0." + "3".repeat(SIZE)));
    all.add(Arguments.of("exponent", "1e" + "9".repeat(SIZE)));
    all.add(Arguments.of("digits as text", '"' + "9".repeat(SIZE) + '"'));
    for (String text :
        List.of("a", "-", "a-", "*", "a.", ":", "a:", "$ {", "\\u001b", "\u00e9", "/")) {
      all.add(
          Arguments.of(
              "text of " + text, '"' + text.repeat(SIZE / text.getBytes(UTF_8).length) + '"'));
    }
    SplittableRandom random = new SplittableRandom(9);
    String tokens = "[]{},:\"0e.-\\ntu ";
    for (int i = 0; i < 5; i++) {
      StringBuilder noise = new StringBuilder();
      while (noise.length() < SIZE) {
        noise.append(tokens.charAt(random.nextInt(tokens.length())));
      }
      all.add(Arguments.of("noise " + i, noise.toString()));
    }
    return IntStream.range(0, all.size()).filter(i -> i % ONE_IN == 0).mapToObj(all::get);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void eventGetsItsResponseInSeconds(String name, String bomb) {
    for (String property : List.of("", "ServiceTimeout")) {
      String properties = property.isEmpty() ? bomb : "{\"" + property + "\": " + bomb + "}";
      answers(
          "{\"ResponseURL\": \"@URL@\", \"RequestType\": \"Create\", \"StackId\": \"s\","
              + " \"RequestId\": \"r\", \"LogicalResourceId\": \"P\", \"ResourceType\":"
              + " \"Custom::EksOidcProvider\", \"ResourceProperties\": "
              + properties
              + "}");
    }
  }

  private static void answers(String event) {
    String key = FunctionClient.nextKey();
    InvocationResult result =
        client.send(
            event.replace("@URL@", aws.responseUrl(key)).getBytes(UTF_8),
            key,
            Duration.ofMinutes(1));
    assertThat(result.responses()).isEqualTo(1);
    assertThat(result.status()).isEqualTo("FAILED");
    assertThat(result.time()).isLessThan(Duration.ofSeconds(10));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void eventWithoutAResponseUrlDoesNotEndTheFunction(String name, String bomb) {
    for (String event : List.of(bomb, "{\"Audit\": " + bomb + "}")) {
      InvocationResult result =
          client.send(event.getBytes(UTF_8), FunctionClient.nextKey(), Duration.ofMinutes(1));
      assertThat(result.responses()).isZero();
      assertThat(result.time()).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void responseUrlMayFollowTheBomb() {
    for (String bomb : List.of("[".repeat(2_900_000) + "]".repeat(2_900_000), "9".repeat(SIZE))) {
      answers("{\"StackId\": %s, \"ResponseURL\": \"@URL@\"}".formatted(bomb));
    }
  }
}
